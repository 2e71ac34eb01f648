"""A template from somebody else cannot exhaust the machine: it gets an error that names the tag."""

from __future__ import annotations

import time
import tracemalloc

import pytest

from generator.errors import TemplateError
from tests.making import fill

ENDLESS = {
    "ranges in ranges": "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}"
    "{% endfor %}{{ x }}",
    "a macro that calls itself twice": "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}"
    "{% endif %}{% endmacro %}{{ m(60) }}",
    "a loop that calls itself": "{% for a in range(9) recursive %}{{ loop(range(9)) }}{% endfor %}",
}
GROWING = {
    "a block captured in itself": "{% set a %}" + "x" * 1_000 + "{% endset %}"
    + "{% set a %}{{ a }}{{ a }}{% endset %}" * 40 + "{{ a }}",
    "a text joined to itself": "{% set a = 'x' * 9999 %}" + "{% set a = a ~ a %}" * 40 + "{{ a }}",
    "a text added to itself": "{% set a = 'x' * 9999 %}" + "{% set a = a + a %}" * 40 + "{{ a }}",
    "a list added to itself": "{% set a = [1] %}" + "{% set a = a + a %}" * 40 + "{{ a|length }}",
    "a text replaced by itself": "{% set a = 'x' * 9999 %}{% set a = a|replace('x', a) %}"
    "{{ a|replace('x', a) }}",
    "a text joined by itself": "{% set a = 'x' * 9999 %}{{ range(99999)|join(a) }}",
    "a wide centre": "{{ 'x'|center(999999999) }}",
    "a wide format": "{{ '%999999999d'|format(1) }}",
    "deep indents": "{{ 'x'|indent(999999999, true) }}",
    "endless slices": "{{ [1]|slice(999999999)|list }}",
    "endless batches": "{{ [1]|batch(999999999, 0)|list }}",
    "a long text many times": "{% set a = 'x' * 99999 %}"
    "{% for i in range(99999) %}{{ a }}{% endfor %}",
    "a power of powers": "{{ 99999 ** 99999 }}",
    "wide texts in a list": "{{ range(99999)|map('center', 99999)|list|length }}",
    "long texts in a list": "{% set a = 'x' * 99999 %}"
    "{{ range(99999)|map('replace', '1', a)|list|length }}",
    "lists added up": "{{ ([[1] * 99999] * 9999)|sum(start=[])|length }}",
    "many lines indented": "{% set a = 'x\\n' * 49999 %}{{ a|indent(99999)|length }}",
    "long ends of lines": "{% set a = 'x ' * 49999 %}{{ a|wordwrap(1, wrapstring=a)|length }}",
    "a name in many marks": "{% set a = 'x' * 99999 %}"
    "{{ ('%(a)s' * 19999)|format(a=a)|length }}",
    "a value in many marks": "{% set a = 'x' * 99999 %}{{ ('%(a)s' * 19999) % {'a': a} }}",
    "a value in many fields": "{% set a = 'x' * 99999 %}{{ ('{0}' * 33333).format(a)|length }}",
    "a wide field": "{{ '{:>999999999}'.format(1)|length }}",
    "a field as wide as a value": "{{ '{:>{}}'.format(1, 999999999)|length }}",
    "a method that pads": "{{ 'x'.ljust(999999999) }}",
    "a method that replaces": "{% set a = 'x' * 99999 %}{{ a.replace('x', a) }}",
}  # fmt: skip


@pytest.mark.parametrize("text", ENDLESS.values(), ids=ENDLESS)
def test_a_template_without_end_is_stopped_in_seconds(text: str) -> None:
    start = time.monotonic()
    with pytest.raises(TemplateError) as caught:
        fill(text, context={"x": "1"})
    assert time.monotonic() - start < 30
    assert "đoạn 1, thẻ" in str(caught.value)


@pytest.mark.parametrize("text", GROWING.values(), ids=GROWING)
def test_a_text_that_grows_without_end_is_stopped_before_the_memory_is_full(text: str) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(TemplateError) as caught:
            fill(text, context={"x": "1"})
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 600_000_000
    assert "word/document.xml" in str(caught.value)


def test_a_long_report_is_no_runaway() -> None:
    text = "{% for row in rows %}{% for cell in row %}{{ cell }} {% endfor %}{% endfor %}"
    rows = [list(range(20))] * 20_000
    printed = "".join(fill(text, context={"rows": rows}))
    assert printed.count("19 ") == 20_000


def test_nothing_is_lost_behind_thousands_of_blank_values() -> None:
    text = "{% for x in range(5000) %}{{ blank }}{% endfor %}{{ last }}"
    assert fill(text, context={"blank": "", "last": "hết"}) == ["hết"]
