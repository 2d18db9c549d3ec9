"""What a report's layers can and cannot show."""

from dataclasses import replace

from parity.model.setting import Layer
from parity.report import layers


def of(report, left, right):
    return replace(
        report,
        left=replace(report.left, layers=tuple(left)),
        right=replace(report.right, layers=tuple(right)),
    )


def test_only_what_both_sides_read_counts(clean):
    report = of(clean, [Layer.RUNNING, Layer.DECLARED, Layer.IMAGE], [Layer.DECLARED, Layer.HOST])
    assert layers.read(report) == (Layer.DECLARED,)
    assert Layer.HOST in layers.unread(report)
    assert Layer.DECLARED not in layers.unread(report)


def test_each_step_shows_more_of_the_incidents():
    read, shares = set(), [0]
    for needed, percent in layers.STEPS:
        read |= needed
        assert layers.share(read) == percent
        shares.append(percent)
    assert shares == sorted(set(shares))
    assert read == set(Layer)


def test_a_layer_without_those_below_it_has_no_figure():
    assert layers.share(()) == 0
    assert layers.share({Layer.FILESYSTEM}) == 0
    assert layers.share({Layer.DECLARED, Layer.RUNNING, Layer.DATABASE}) == 38


def test_a_clean_result_names_what_may_still_differ(clean):
    said = layers.sentence(clean)
    assert said.startswith("Read on both sides: definitions. 38 % of documented incidents")
    assert "not looked at, so possibly different: image configs" in said


def test_findings_need_no_such_warning(shop):
    assert "possibly" not in layers.sentence(shop)
    assert "not looked at: image configs" in layers.sentence(shop)


def test_without_a_figure_the_sentence_is_still_one(clean):
    said = layers.sentence(of(clean, [Layer.HOST], [Layer.HOST]))
    assert said.startswith("Read on both sides: hosts. Not looked at")
    assert "%" not in said


def test_all_layers_leave_nothing_to_name(clean):
    said = layers.sentence(of(clean, Layer, Layer))
    assert "98 %" in said
    assert "not looked at" not in said


def test_no_common_layer_says_nothing(clean):
    said = layers.sentence(of(clean, [Layer.DECLARED], [Layer.RUNNING]))
    assert said == "No layer was read on both sides, so nothing can be said."
