"""The request as a command for a shell, without secrets."""

from __future__ import annotations

from shlex import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sotalia.explain.explanation import AuthReport, RequestReport

# curl signs itself, with a date and keys of its own; and it counts the body.
_SIGNATURE = ("authorization", "x-amz-date", "x-amz-security-token")
_FRAMING = ("content-length", "transfer-encoding", "expect")


def curl_command(request: RequestReport, auth: AuthReport | None) -> str:
    """The command. Where curl can sign, it takes the keys from the usual variables of the environment."""
    lines = [f"curl --request {quote(request.method)} {quote(request.url)}"]
    if request.method == "HEAD":
        lines = [f"curl --head {quote(request.url)}"]
    signs = auth is not None and auth.version in ("v4", "s3v4")
    left_out = (*_FRAMING, *_SIGNATURE) if signs else _FRAMING
    if signs:
        assert auth is not None
        scope = quote(f"aws:amz:{auth.signing_region}:{auth.signing_name}")
        lines.append(f'--aws-sigv4 {scope} --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"')
    for name, value in request.headers.items():
        if name.lower() not in left_out:
            lines.append(f"--header {quote(f'{name}: {value}')}")
    if signs and any(name.lower() == "x-amz-security-token" for name in request.headers):
        lines.append('--header "X-Amz-Security-Token: $AWS_SESSION_TOKEN"')
    if request.body.length != 0:
        whole = request.body.text is not None and not request.body.is_cut
        # What is not shown stands in a file of this name.
        lines.append(f"--data-binary {quote(request.body.text or '') if whole else '@BODY'}")
    return " \\\n  ".join(lines)
