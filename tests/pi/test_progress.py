from pathlib import Path

from tests.pi.progress import Passed

TESTS = ["a", "b", "c"]


def test_what_passed_with_the_same_sources_is_left_out_also_after_a_kill(tmp_path: Path) -> None:
    Passed(tmp_path, b"one").add("b")
    assert Passed(tmp_path, b"one").left(TESTS, again=False) == {"a", "c"}


def test_other_sources_run_all(tmp_path: Path) -> None:
    Passed(tmp_path, b"one").add("b")
    assert Passed(tmp_path, b"two").left(TESTS, again=False) == set(TESTS)
    assert Passed(tmp_path, b"one").left(TESTS, again=False) == set(TESTS)


def test_where_all_have_passed_or_again_is_asked_for_all_run_and_the_others_stay_passed(tmp_path: Path) -> None:
    passed = Passed(tmp_path, b"one")
    for name in TESTS:
        passed.add(name)
    assert passed.left(["a"], again=False) == {"a"}
    assert passed.left(TESTS, again=False) == {"a"}
    assert passed.left(TESTS, again=True) == set(TESTS)
    assert Passed(tmp_path, b"one").left(["b"], again=False) == {"b"}
