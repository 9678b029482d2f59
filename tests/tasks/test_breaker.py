"""The breaker: Prefect is left alone longer each time it fails, and forgiven when it answers."""

from tasks.prefect_watch import Breaker, is_alive


class Watch:
    """Seconds, moved by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_it_opens_for_twice_as_long_each_time_up_to_five_minutes():
    watch = Watch()
    breaker = Breaker(watch)

    pauses = []
    for _ in range(7):
        breaker.trip()
        began = watch.seconds
        while not breaker.is_closed():
            watch.seconds += 1
        pauses.append(watch.seconds - began)

    assert pauses == [10, 20, 40, 80, 160, 300, 300]


def test_an_answer_forgives():
    watch = Watch()
    breaker = Breaker(watch)
    breaker.trip()
    breaker.trip()
    watch.seconds = 100

    breaker.reset()
    breaker.trip()

    watch.seconds = 110
    assert breaker.is_closed()


def test_nobody_is_alive_at_no_address():
    assert not is_alive("")
    assert not is_alive("file:///etc/passwd")
    assert not is_alive("http://127.0.0.1:1/api")
