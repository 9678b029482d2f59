"""Which files of a draft still name one that is taken out: by the texts alone, before any check."""

import re
from collections.abc import Collection, Mapping, Sequence


def still_named(files: Mapping[str, bytes], gone: Collection[str]) -> Mapping[str, Sequence[str]]:
    """For each file that is gone, those of `files` that name it, by path; only where there are any.

    A file is named by its name without endings, in quotes or as a whole value of YAML. What names
    it otherwise is not found here: the check of the draft is what finds all.
    """
    found: dict[str, Sequence[str]] = {}
    for path in sorted(gone):
        name = re.escape(path.rpartition("/")[2].partition(".")[0].encode())
        pattern = re.compile(rb"""(["'])%b\1|:[ \t]+%b[ \t]*$""" % (name, name), re.MULTILINE)
        naming = [it for it in sorted(files) if it not in gone and pattern.search(files[it])]
        if naming:
            found[path] = naming
    return found
