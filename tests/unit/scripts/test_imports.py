"""The picture of imports."""

import ast
from graphlib import CycleError

import pytest

from scripts.imports import imports_among, layers, levels, picture

PRODUCT = {
    "kb/__init__.py": "",
    "kb/clock.py": "import json",
    "kb/contact/__init__.py": "",
    "kb/contact/outbox.py": "from kb import clock\nfrom kb.contact.model import Ticket",
    "kb/contact/model.py": "",
    "web/__init__.py": "",
    "web/app.py": "import kb.clock\nfrom kb.contact import outbox",
}


def level_of(package: str, **changed: str) -> dict[str, frozenset[str]]:
    paths = {f"{name.replace('__', '/')}.py": text for name, text in changed.items()}
    modules = [(path, ast.parse(text)) for path, text in {**PRODUCT, **paths}.items()]
    return dict(dict(levels(imports_among(modules)))[package])


def test_each_level_shows_the_children_of_one_package() -> None:
    assert level_of("") == {"kb": frozenset(), "web": frozenset({"kb"})}
    assert level_of("kb") == {"__init__": frozenset(), "clock": frozenset(), "contact": frozenset({"clock"})}
    assert level_of("kb.contact")["outbox"] == frozenset({"model"})


def test_every_arrow_points_down() -> None:
    assert picture("", level_of("")) == "the whole\n    web -> kb\n    kb"


@pytest.mark.parametrize(
    "text",
    [
        "from kb.contact.outbox import lease",
        "def later():\n    import kb.contact.outbox",
        "if TYPE_CHECKING:\n    from kb.contact import outbox",
    ],
)
def test_a_circle_is_named_however_it_is_closed(text: str) -> None:
    with pytest.raises(CycleError) as raised:
        layers(level_of("kb.contact", kb__contact__model=text))
    assert set(raised.value.args[1]) == {"model", "outbox"}
