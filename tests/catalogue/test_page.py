from __future__ import annotations

import pytest

from kerasfix.catalogue import load_catalogue

RULE = """
family = "house"
summary = "our own wrapper"
words = ["join"]
docs = \"\"\"
## What it does

Nothing.
\"\"\"
[[example]]
title = "The same for both"
before = '''
a
'''
after = '''
b
'''
[[example]]
title = "One for each"
unsafe = true
before = "a"
after_keras2 = "b2"
after_keras3 = "b3"
[[report]]
title = "Left to you"
code = "c"
[[noop]]
title = "Not ours"
target = "keras3"
code = "d"
[[api]]
legacy = "house.join(a)"
"""

PAGE = """\
# house-join

our own wrapper

Family: `house`

## What it does

Nothing.

## Examples

### The same for both

```python
a
```

becomes

```python
b
```

### One for each

Fixed with `--unsafe` only.

```python
a
```

becomes, with `--target keras2`,

```python
b2
```

becomes, with `--target keras3`,

```python
b3
```

## Reported, without a fix

### Left to you

```python
c
```

## Left alone

### Not ours

With `--target keras3`.

```python
d
```
"""


def test_a_page_holds_all_that_the_file_says(tmp_path):
    path = tmp_path / "house-join.toml"
    path.write_text(RULE)
    assert load_catalogue([path]).page("house-join") == PAGE


@pytest.mark.parametrize("name", sorted(load_catalogue().rules))
def test_every_rule_has_a_page(name):
    catalogue = load_catalogue()
    assert catalogue.page(name).startswith(f"# {name}\n\n{catalogue.rules[name].summary}\n")
