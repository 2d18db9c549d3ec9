"""Sizes, cores and times of several notations come to one number."""

import pytest

from parity.diff.units import cpus, seconds, show_seconds, show_size, size

MIB = 1024**2


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("512m", 512 * MIB),
        ("512M", 512 * MIB),
        ("512Mi", 512 * MIB),
        ("512MiB", 512 * MIB),
        ("512 mb", 512 * MIB),
        ("536870912", 512 * MIB),
        (536870912, 512 * MIB),
        ("0.5g", 512 * MIB),
        ("1k", 1024),
        ("10b", 10),
        ("0", 0),
        ("1p", 1024**5),
    ],
)
def test_sizes(written, wanted):
    assert size(written) == wanted
    assert isinstance(size(written), int)


@pytest.mark.parametrize("written", ["", "m", "5 apples", "-1", "1.5.2m", True, None, ["1m"]])
def test_what_is_no_size_stays_as_it_is(written):
    assert size(written) is written


@pytest.mark.parametrize(
    ("written", "wanted"), [("500m", 0.5), ("0.50", 0.5), (0.5, 0.5), (2, 2.0), (" 1 ", 1.0)]
)
def test_cores(written, wanted):
    assert cpus(written) == wanted


@pytest.mark.parametrize("written", ["", "m", "half", None])
def test_what_is_no_number_of_cores_stays_as_it_is(written):
    assert cpus(written) is written


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("1m30s", 90),
        ("90s", 90),
        (90, 90),
        ("1500ms", 1.5),
        ("1h", 3600),
        ("250us", 0.00025),
        ("0s", 0),
    ],
)
def test_times(written, wanted):
    assert seconds(written) == pytest.approx(wanted)
    assert isinstance(seconds(written), float)


@pytest.mark.parametrize("written", ["", "soon", "1m 30", "10", "-5s", True])
def test_what_is_no_time_stays_as_it_is(written):
    assert seconds(written) is written


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (64 * MIB, "64 MiB"),
        (1024**3, "1 GiB"),
        (1536 * MIB, "1536 MiB"),
        (1000, "1000 B"),
        (0, "0 B"),
        (-1, "unlimited"),
    ],
)
def test_sizes_in_words(number, words):
    assert show_size(number) == words


@pytest.mark.parametrize(
    ("number", "words"), [(90, "90 s"), (0.5, "500 ms"), (0, "0 s"), (1.5, "1.5 s")]
)
def test_times_in_words(number, words):
    assert show_seconds(number) == words
