"""What a Markdown text refers to inside its own folder. Pure: paths in, paths out, no file is touched."""

import posixpath
import re
from urllib.parse import unquote

REFERENCE = re.compile(r"!?\[[^\[\]\n]{0,500}\]\(\s*<?([^()<>\n]{1,500}?)>?(?:\s+\"[^\"\n]{0,200}\")?\s*\)")
ELSEWHERE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.\-]*:|//|#|/")


def references(markdown: str, folder: str) -> tuple[str, ...]:
    """Files that the text links to or shows, as paths relative to the root ("" = the root itself is `folder`),
    each once, in order. Web addresses, anchors and what points outside the root are left out."""
    found: dict[str, None] = {}
    for match in REFERENCE.finditer(markdown):
        target = unquote(match.group(1).strip())
        if ELSEWHERE.match(target):
            continue
        path = posixpath.normpath(posixpath.join(folder, target.partition("#")[0].partition("?")[0]))
        if path not in ("", ".") and not path.startswith(("../", "/")) and path != "..":
            found[path] = None
    return tuple(found)
