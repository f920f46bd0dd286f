"""Libraries that are installed, and read files in ways of their own."""

from __future__ import absolute_import, division, print_function

from .callers import by_user
from .patching import wrap
from .places import is_path
from .unserved import missing_file

_TABLES = "read_csv read_table read_pickle read_hdf read_json read_excel read_fwf read_parquet".split()


def install(world):
    """Change them when the script imports them."""

    def read(real):
        def stand_in(name, *args, **kwargs):
            return real(world.files.to_read(name) if is_path(name) else name, *args, **kwargs)

        return stand_in

    def written(real):
        def stand_in(name, *args, **kwargs):
            return real(world.files.to_write(name) if is_path(name) else name, *args, **kwargs)

        return stand_in

    def table(real):
        """Made-up numbers would lack the columns that the script names."""

        def stand_in(name, *args, **kwargs):
            if not is_path(name) or "://" in str(name):
                return real(name, *args, **kwargs)
            place = world.places.read(name)
            if place is None and by_user():
                raise missing_file(name)
            return real(place or name, *args, **kwargs)

        return stand_in

    def change(names, how):
        def change_module(module):
            for name in names:
                wrap(module, name, how)

        return change_module

    def one_step(real):
        """The minimizer of style transfers and deep dreams: what it computes is no model's training."""

        def stand_in(*args, **kwargs):
            if by_user():
                world.note("`scipy.optimize` takes a single step")
                kwargs.update(maxfun=1, maxiter=1)
            return real(*args, **kwargs)

        return stand_in

    world.after_import("scipy.optimize", change(["fmin_l_bfgs_b"], one_step))
    world.after_import("pandas", change(_TABLES, table))
    world.after_import("PIL.Image", change(["open"], read))
    world.after_import("cv2", change(["imread"], read))
    world.after_import("cv2", change(["imwrite"], written))
    world.after_import("imageio", change(["imread"], read))
    world.after_import("skimage.io", change(["imread"], read))
    world.after_import("scipy.io", change(["loadmat"], read))
    world.after_import("scipy.io", change(["savemat"], written))
    world.after_import("scipy.io.wavfile", change(["read"], read))
