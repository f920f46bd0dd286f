"""Names and tensors across the files of a project."""

from programs import fixed_files

USE = "a = Input((3,))\ny = merge([a, a])\n"
INPUT = "from keras.layers import Input\n"


def test_names_that_another_module_hands_on(tmp_path):
    files = {
        "blocks.py": "from keras.layers import merge, Input\n",
        "model.py": "from blocks import merge, Input\n" + USE,
    }
    after = fixed_files(tmp_path, files)
    assert (
        after["model.py"]
        == "from blocks import Input\nfrom keras.layers import Add\na = Input((3,))\ny = Add()([a, a])\n"
    )
    # Once nothing takes it any more, it goes from there, too.
    assert after["blocks.py"] == "from keras.layers import Input\n"


def test_star_imports_of_star_imports(tmp_path):
    files = {
        "a.py": "from keras.layers import *\n",
        "b.py": "from a import *\n",
        "c.py": "from b import *\n",
        "model.py": "from c import *\n" + USE,
    }
    assert fixed_files(tmp_path, files)["model.py"].endswith("y = Add()([a, a])\n")


def test_packages(tmp_path):
    files = {
        "pkg/__init__.py": "from .blocks import *\n",
        "pkg/blocks.py": "from keras.layers import *\ndef two(x):\n    return [x, x]\n",
        "pkg/deep/__init__.py": "",
        "pkg/deep/model.py": "from ..blocks import merge, two\nfrom keras.layers import Input\n"
        "y = merge(two(Input((3,))))\n",
        "main.py": "from pkg import Input, merge\n" + USE,
    }
    after = fixed_files(tmp_path, files)
    assert after["main.py"].endswith("y = Add()([a, a])\n")
    assert after["pkg/deep/model.py"].endswith("y = Add()(two(Input((3,))))\n")
    assert after["pkg/__init__.py"] == files["pkg/__init__.py"]


def test_modules_as_values(tmp_path):
    files = {
        "pkg/__init__.py": "",
        "pkg/utils.py": "from keras.layers import merge\nimport keras.layers as kl\n",
        "space/other.py": "import keras.layers as kl\n",
        "one.py": INPUT + "import pkg.utils\na = Input((3,))\ny = pkg.utils.merge([a, a])\n",
        "two.py": INPUT + "from pkg import utils\na = Input((3,))\ny = utils.merge([a, a])\n",
        "three.py": INPUT + "import pkg.utils as u\na = Input((3,))\ny = u.kl.merge([a, a])\n",
        "four.py": INPUT + "import space.other\na = Input((3,))\ny = space.other.kl.merge([a, a])\n",
    }
    after = fixed_files(tmp_path, files)
    for name in ("one.py", "two.py", "three.py", "four.py"):
        assert after[name].endswith("y = Add()([a, a])\n"), name
    assert after["pkg/utils.py"] == "import keras.layers as kl\n"


def test_the_folder_decides_between_modules_of_one_name(tmp_path):
    files = {
        "x/utils.py": "from keras.layers import merge\n",
        "x/model.py": "from utils import merge\n" + INPUT + USE,
        "y/utils.py": "def merge(x): return x\n",
        "y/model.py": "from utils import merge\n" + INPUT + USE,
    }
    after = fixed_files(tmp_path, files)
    assert after["x/model.py"].endswith("y = Add()([a, a])\n")
    assert after["y/model.py"] == files["y/model.py"]


def test_circular_imports(tmp_path):
    files = {
        "a.py": "import b\nfrom keras.layers import merge, Input\ndef f(x):\n    return merge([x, b.g(x)])\n",
        "b.py": "import a\nfrom a import f\nfrom keras.layers import Dense, merge, Input\n"
        "def g(x):\n    return Dense(3)(x)\n"
        "def h():\n    return merge([a.f(Input((3,))), f(Input((3,)))])\n",
    }
    after = fixed_files(tmp_path, files)
    assert "return Add()([x, b.g(x)])" in after["a.py"]
    assert "return Add()([a.f(Input((3,))), f(Input((3,)))])" in after["b.py"]


def test_a_src_layout(tmp_path):
    files = {
        "src/lib/__init__.py": "",
        "src/lib/util.py": "from keras.layers import merge\ndef two(x):\n    return [x, x]\n",
        "src/lib/model.py": "from lib.util import merge, two\n" + INPUT + "y = merge(two(Input((3,))))\n",
    }
    assert fixed_files(tmp_path, files)["src/lib/model.py"].endswith("y = Add()(two(Input((3,))))\n")


def test_files_on_disk_tell_what_names_mean(tmp_path):
    files = {
        "utils.py": "from keras.layers import *\n",
        "model.py": "from utils import *\n" + USE,
        "own.py": "def merge(x): return x\n",
        "other.py": INPUT + "from own import merge\n" + USE,
    }
    after = fixed_files(tmp_path, files, given=["model.py", "other.py"])
    assert after["model.py"].endswith("y = Add()([a, a])\n")
    assert after["other.py"] == files["other.py"]


def test_a_helper_without_a_word_of_keras_is_followed(tmp_path):
    files = {
        "helpers.py": "def two(x):\n    return [x, x]\n",
        "model.py": "from keras.layers import Input, merge\nfrom helpers import two\ny = merge(two(Input((3,))))\n",
    }
    assert fixed_files(tmp_path, files)["model.py"].endswith("y = Add()(two(Input((3,))))\n")


def test_an_import_that_files_beside_it_take_stays(tmp_path):
    files = {
        "utils.py": "from keras.layers import Input, merge\n",
        "model.py": "from utils import merge\n",
    }
    assert fixed_files(tmp_path, files, given=["utils.py"])["utils.py"] == files["utils.py"]


def test_an_import_that_no_file_takes_goes(tmp_path):
    files = {"lonely.py": "from keras.layers import Input, merge\n"}
    assert fixed_files(tmp_path, files) == {"lonely.py": "from keras.layers import Input\n"}


def test_names_that_all_leaves_out_are_not_imported_by_a_star(tmp_path):
    files = {
        "utils.py": "from keras.layers import merge, Input\n__all__ = ['Input']\n",
        "model.py": "from utils import *\ndef merge(x): return x\n" + USE,
        "stars.py": "from keras.layers import *\n__all__ = ['Input']\n",
        "other.py": "from stars import *\n" + USE,
    }
    after = fixed_files(tmp_path, files)
    assert after["model.py"] == files["model.py"]
    assert after["other.py"] == files["other.py"]
