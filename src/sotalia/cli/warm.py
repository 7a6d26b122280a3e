"""The command ``sotalia warm``, which needs nothing beyond the package."""

from __future__ import annotations

from sotalia.cli import exit_codes


def main(arguments: list[str]) -> int:
    """Fill the cache, or check it: 1 when a pack is missing."""
    import argparse

    parser = argparse.ArgumentParser(
        prog="sotalia warm",
        description="Fill the cache of models, for images and first starts.",
        epilog="Example: sotalia warm s3 dynamodb",
    )
    parser.add_argument("services", nargs="*", metavar="SERVICE", help="names as for client()")
    parser.add_argument("--all", action="store_true", help="every service there is")
    parser.add_argument(
        "--check",
        action="store_true",
        help="make nothing; exit with 1 unless every pack is there and current (of all services, if none is named)",
    )
    try:
        options = parser.parse_args(arguments)
        if options.all and options.services:
            parser.error("name services, or give --all, not both")
        if not (options.all or options.services or options.check):
            parser.error("name services, or give --all or --check")
    except SystemExit as ended:
        return int(ended.code or 0)
    from sotalia.model.warm import check, warm
    from sotalia.session.core import SessionCore
    from sotalia.session.session import sync_kind

    # As in a session, AWS_DATA_PATH and data_path of the profile count.
    loader = SessionCore(sync_kind()).loader
    report = (check if options.check else warm)(loader, options.services or None)
    for line in report:
        print(line)
    return exit_codes.OK if report.is_complete else exit_codes.FAILED
