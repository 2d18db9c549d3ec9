"""HTML that cannot be forgotten to escape."""

import pytest

from parity.report.html.markup import Markup, join, prose, tag, text


def test_plain_text_is_escaped_and_markup_is_not():
    assert text("<b>&\"'") == "&lt;b&gt;&amp;&quot;&#x27;"
    assert text(Markup("<b>")) == "<b>"
    assert tag("p", "a < b", Markup("<i></i>"), None) == "<p>a &lt; b<i></i></p>"


def test_attributes_are_escaped_named_and_left_out():
    made = tag("p", class_='x" onclick="y', data_long_name="v", hidden=True, open=False, id=None)
    assert made == '<p class="x&quot; onclick=&quot;y" data-long-name="v" hidden></p>'


def test_an_attribute_may_be_called_name():
    assert tag("meta", name="viewport") == '<meta name="viewport">'


def test_the_result_is_markup_so_nesting_escapes_once():
    assert tag("p", tag("b", "&")) == "<p><b>&amp;</b></p>"
    assert isinstance(join(["a", tag("b")]), Markup)


def test_joining_escapes_what_is_between_nothing_but_the_parts():
    assert join(["<", Markup("<br>"), None, ">"], "\n") == "&lt;\n<br>\n&gt;"


def test_adding_to_markup_gives_plain_text_again():
    assert not isinstance(Markup("<b>") + "<script>", Markup)


def test_control_characters_are_shown():
    assert text("\x00\u202e\ud800") == "\\x00\\u202e\\ud800"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("run `a < b` now", "run <code>a &lt; b</code> now"),
        ("`x`", "<code>x</code>"),
        ("a ` b", "a ` b"),
        ("none", "none"),
        ("", ""),
    ],
)
def test_what_stands_between_backticks_is_code(given, shown):
    assert prose(given) == shown
