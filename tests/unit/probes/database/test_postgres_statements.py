from parity.probes.database.postgres_statements import COLLATION_VERSION, QUESTIONS


def test_nothing_is_asked_that_writes_and_every_table_is_bounded():
    for question in (*QUESTIONS, COLLATION_VERSION):
        text = question.ask.strip()
        assert text.startswith("select" if not question.name.startswith("?") else "set ")
        assert ";" not in text and 0 < question.most <= 5000


def test_the_transaction_is_made_read_only_before_anything_else():
    assert QUESTIONS[0].ask == "set transaction read only"


def test_only_the_session_is_asked_before_names_are_looked_up_in_the_catalog_alone():
    names = [q.name for q in QUESTIONS]
    before = [n for n in names[: names.index("?search-path")] if not n.startswith("?")]
    assert before == ["session"]
