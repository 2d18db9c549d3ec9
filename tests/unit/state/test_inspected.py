"""What a container is."""

from parity.state import inspected

from .conftest import container


def test_a_shared_namespace_is_told():
    assert inspected.namespace(container("a-1", "a", mode="container:xyz")) == "xyz"
    assert inspected.namespace(container("a-1", "a")) == ""


def test_its_service_and_number_are_in_its_labels():
    one = container("db-2", "db", number=2)
    assert (inspected.service(one), inspected.number(one)) == ("db", 2)


def test_one_that_is_nobodys_is_the_first_of_no_service():
    bare = {"Config": {"Labels": None}}
    assert (inspected.service(bare), inspected.number(bare)) == ("", 1)
