"""Whether what is drawn can always finish: every way that tokens can take, looked at before."""

from clearway.engine.soundness.report import check

__all__ = ["check"]
