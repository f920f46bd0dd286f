"""The last to be asked for a module: it has a stand-in for each that is not installed."""

from __future__ import absolute_import, division, print_function

import os
import pkgutil
import sys

from .. import callers
from ..intent import is_ready_for
from . import known
from .stub import Drawing, Stub, StubModule

# What is missing of these is what a migration that failed looks like, or is needed for real.
_NEVER = frozenset(
    "keras tensorflow tf_keras keras_applications keras_preprocessing tensorflow_core numpy scipy six kerasfix".split()
)
_DRAWING = frozenset(
    "matplotlib pylab seaborn pydot pydot_ng pydotplus graphviz plotly bokeh visdom altair ggplot prettyplotlib "
    "mpl_toolkits brewer2mpl moviepy IPython ipywidgets termcolor colorama tensorboard_logger wandb".split()
)
_PASSING_ON = (__name__, __name__.rpartition(".")[0] + ".after_import")  # in Python 2, by an import of its own


class Finder(object):
    """A finder for the end of `sys.meta_path`.

    Args:
        world: The world, for its notes and its folder.
    """

    def __init__(self, world):
        self._world = world
        self._of_the_project = set()
        self._looking = False

    def find_spec(self, name, path=None, target=None):
        """Python 3."""
        if self._put_project_on_path(name):
            return found_by_others(self, name, path, target)
        if not self._serves(name):
            return None
        from importlib.machinery import ModuleSpec

        return ModuleSpec(name, self, is_package=True)

    def find_module(self, name, path=None):
        """Python 2, which asks here before it looks for the module itself."""
        if self._looking or ("." not in name and self._is_installed(name)):
            return None
        return self if self._put_project_on_path(name) or self._serves(name) else None

    def _is_installed(self, name):
        self._looking = True
        try:
            return pkgutil.find_loader(name) is not None
        except Exception:  # a hook of somebody else's
            return False
        finally:
            self._looking = False

    def create_module(self, spec):
        """Python 3: the module."""
        return self._module(spec.name)

    def exec_module(self, module):
        """Python 3: there is nothing to run."""

    def load_module(self, name):
        """Python 2."""
        if name in self._of_the_project:
            __import__(name)
        if name not in sys.modules:
            sys.modules[name] = self._module(name)
        return sys.modules[name]

    def _serves(self, name):
        top, _, rest = name.partition(".")
        if top in _NEVER or name.startswith("_"):
            return False
        if name in known.OLD_MODULES:
            return self._asked_by_user() is not None
        if rest:
            parent = sys.modules.get(name.rpartition(".")[0])
            return isinstance(parent, StubModule) or name in known.MOVED
        frame = self._asked_by_user()
        return frame is not None and not is_ready_for(frame, "import")

    def _asked_by_user(self):
        """The frame with the import statement, if it is the user's."""
        frame = sys._getframe(1)
        while frame is not None and (
            frame.f_globals.get("__name__") in _PASSING_ON or "importlib" in frame.f_code.co_filename
        ):
            frame = frame.f_back
        return frame if frame is not None and callers.is_user(frame) else None

    def _put_project_on_path(self, name):
        """Whether a module lies where it would have been found, or above the file, as in a project to be installed."""
        frame = None if "." in name or name in self._of_the_project else self._asked_by_user()
        if frame is None:
            return False
        folder = os.path.dirname(os.path.abspath(frame.f_code.co_filename))
        above = [folder, os.path.dirname(folder), os.path.dirname(os.path.dirname(folder))]
        places = self._world.places
        named = [places.through_parents(one) for one in sys.path if places.is_scratch(one) or not os.path.isabs(one)]
        for place in named + above:
            if place not in sys.path and _holds(place, name):
                self._of_the_project.add(name)
                sys.path.append(place)
                return True
        return False

    def _module(self, name):
        if name in known.OLD_MODULES:
            self._world.note("`%s` of Python 2 stood in for" % name)
            return known.old_module(name)
        top = name.split(".")[0]
        self._world.note("`%s` is not installed: stood in for" % top)
        return StubModule(name, known.contents(name), Drawing if top in _DRAWING else Stub, known.MODULES)


def found_by_others(asking, name, path, target):
    """What the finders of Python 3 say that stand in for nothing.

    Args:
        asking: The finder that asks.
        name: Of the module.
        path: Where its package lies.
        target: The module that is loaded again.
    """
    for finder in sys.meta_path:
        if finder is asking or isinstance(finder, Finder) or not hasattr(finder, "find_spec"):
            continue
        spec = finder.find_spec(name, path, target)
        if spec is not None:
            return spec
    return None


def _holds(place, name):
    whole = os.path.join(place, name)
    return os.path.isfile(whole + ".py") or os.path.isfile(os.path.join(whole, "__init__.py"))
