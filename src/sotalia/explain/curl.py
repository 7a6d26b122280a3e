"""A request as a command for a shell, without secrets."""

from __future__ import annotations

from shlex import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

# curl signs itself, with a date and keys of its own; and it counts the body.
_SIGNATURE = ("authorization", "x-amz-date", "x-amz-security-token")
_FRAMING = ("content-length", "transfer-encoding", "expect")


def curl_command(
    method: str,
    url: str,
    headers: Mapping[str, str],
    *,
    scope: tuple[str | None, str] | None = None,
    body_length: int | None = 0,
    body: str | None = None,
) -> str:
    """The command for one request.

    ``scope`` region and signing name of a signature of version 4: curl then signs with the keys of the usual variables of the
    environment. ``None`` leaves the headers as they are · ``body_length`` in bytes, ``None`` where it is not known · ``body``
    the whole body, ``None`` where only its length is known: then the command reads it from a file ``BODY``.
    """
    lines = [f"curl --request {_word(method)} {_word(url)}"]
    if method == "HEAD":
        lines = [f"curl --head {_word(url)}"]
    left_out = (*_FRAMING, *_SIGNATURE) if scope else _FRAMING
    if scope:
        signed_for = _word(f"aws:amz:{scope[0]}:{scope[1]}")
        lines.append(f'--aws-sigv4 {signed_for} --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"')
    for name, value in headers.items():
        if name.lower() not in left_out:
            lines.append(f"--header {_word(f'{name}: {value}')}")
    if scope and any(name.lower() == "x-amz-security-token" for name in headers):
        lines.append('--header "X-Amz-Security-Token: $AWS_SESSION_TOKEN"')
    if body_length != 0:
        lines.append(f"--data-binary {'@BODY' if body is None else _word(body)}")
    return " \\\n  ".join(lines)


def _word(text: str) -> str:
    """One word of a command. What a terminal would obey or hide is written in the escapes of bash and zsh."""
    if text.isprintable() or all(one.isprintable() or one in "\n\t" for one in text):
        return quote(text)
    escaped = (
        one if one.isprintable() and one not in "\\'" else "".join(f"\\x{byte:02x}" for byte in _utf8(one))
        for one in text
    )
    return f"$'{''.join(escaped)}'"


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape" if "\udc80" <= text <= "\udcff" else "surrogatepass")
