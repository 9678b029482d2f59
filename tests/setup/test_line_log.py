"""A log of lines: each start has its own, the one before is kept, and none grows for ever."""

from pathlib import Path

from clearway.line_log import LineLog


def test_each_start_has_its_own_and_the_one_before_is_kept(tmp_path: Path):
    file = tmp_path / "prefect.log"
    for start in ("first", "second", "third"):
        LineLog(file).write("prefect", start)

    assert file.read_text().endswith("Z prefect | third\n")
    assert (tmp_path / "prefect.log.1").read_text().endswith("Z prefect | second\n")
    assert len(list(tmp_path.iterdir())) == 2


def test_it_never_grows_for_ever(tmp_path: Path):
    log = LineLog(tmp_path / "prefect.log", limit=1000)

    for _ in range(200):
        log.write("prefect", "x" * 100)

    assert sum(file.stat().st_size for file in tmp_path.iterdir()) <= 2 * 1200


def test_a_line_that_cannot_be_written_ends_nobody(tmp_path: Path):
    LineLog(tmp_path / "nowhere" / "prefect.log").write("prefect", "lost")
