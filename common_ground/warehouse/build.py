"""Builds and publishes the data of a workspace.

The published file is never touched: a build writes a file of its own, moves it to its number and
then replaces the pointer CURRENT, each step atomic. A build that is killed leaves a file nobody
reads, which the next build removes.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from common_ground import __version__
from common_ground.child import Tell, tell_nobody
from common_ground.errors import (
    CommonGroundError,
    DuplicateExportError,
    ExportError,
    WorkspaceError,
)
from common_ground.exports.tables import Limits
from common_ground.settings import QUERIES
from common_ground.warehouse import composing, kept_exports, publishing
from common_ground.warehouse.account_verdicts import AccountVerdict
from common_ground.warehouse.composing import Composed, Recipe, Seal
from common_ground.warehouse.decisions import (
    DECISIONS,
    Decisions,
    merged,
    parse_decisions,
    read_decisions,
    read_text,
)
from common_ground.warehouse.published import (
    Published,
    file_sha256,
    open_published,
    read_pointer,
    warehouse,
)
from common_ground.warehouse.receipts import Receipt, is_export


@dataclass(frozen=True)
class Build:
    """What a build did.

    Attributes:
        is_new: False when the published file already says all of this.
        receipts: one for each file, by name; empty when nothing was new.
        skipped: files of the folder whose ending no export has.
        notes: sentences on choices the build made by itself.
        data: the published data.
    """

    is_new: bool
    receipts: tuple[Receipt, ...]
    skipped: tuple[str, ...]
    notes: tuple[str, ...]
    data: Published


def build(
    exports: Path | None,
    workspace: Path,
    decisions_file: Path | None = None,
    as_of: date | None = None,
    progress: Tell = tell_nobody,
    limits: Limits | None = None,
    accounts: Sequence[AccountVerdict] = (),
) -> Build:
    """Build a workspace from a folder of exports and publish it.

    Args:
        exports: folder with export files; folders in it are not read. None: the exports the
            workspace keeps.
        workspace: made if it is not there.
        decisions_file: becomes the workspace's decisions.toml once the build succeeds.
        as_of: today for every number; None: what the decisions say, else the last date seen.
        progress: told what is being done and the share (0..1) that is.
        limits: how big a file may be.
        accounts: what people decided about accounts, the one that counts of each pair.

    Raises:
        ExportError: a file cannot be used; nothing was published.
        DecisionError: the decisions say something that cannot be.
        WorkspaceError: the workspace cannot be written.
    """
    if exports is not None and not exports.is_dir():
        raise ExportError(f"{exports}: there is no such folder. Name the folder with the exports.")
    if decisions_file is not None and not decisions_file.exists():
        raise ExportError(f"{decisions_file}: there is no such file of decisions.")
    said = None if decisions_file is None else read_text(decisions_file)
    decisions = _decisions(workspace, said)
    with publishing.only_builder(workspace):
        files, skipped = _files(exports) if exports else (_kept(workspace), ())
        recipe = Recipe(files, decisions, as_of, limits or Limits(), tuple(accounts))
        made = _build(workspace, recipe, said, progress)
    return Build(made.is_new, made.receipts, skipped, made.notes, made.data)


def publish(
    workspace: Path,
    uploads: Mapping[str, Path],
    replaced: Collection[str],
    answers: Mapping[str, Any],
    progress: Tell = tell_nobody,
    seen: str | None = None,
    accounts: Sequence[AccountVerdict] = (),
) -> Build:
    """Publish uploaded exports beside those already published, and keep what a person decided.

    Args:
        workspace: made if it is not there.
        uploads: name -> export; a name that is published already replaces that export.
        replaced: names of published exports that stay out from now on.
        answers: what a person decided, in the shape of decisions.toml; kept there.
        progress: told what is being done and the share (0..1) that is.
        seen: file of the published version that the person looked at, "" for none; None: whatever
            is published.
        accounts: as for `build`.

    Raises:
        ExportError: a file cannot be used; nothing was published.
        DecisionError: the answers say something that cannot be.
        WorkspaceError: another build is running, somebody published another version meanwhile, or
            the workspace cannot be written.
    """
    with publishing.only_builder(workspace):
        pointer = read_pointer(workspace)
        if seen is not None and seen != (pointer.name if pointer else ""):
            raise WorkspaceError(
                "Somebody has published another version meanwhile, so nothing was published now. "
                "Look at what these files change in that version, then publish again."
            )
        recipe, said = _with_uploads(workspace, uploads, replaced, answers, accounts)
        return _build(workspace, recipe, said, progress)


def preview(
    workspace: Path,
    uploads: Mapping[str, Path],
    replaced: Collection[str],
    answers: Mapping[str, Any],
    into: Path,
    progress: Tell = tell_nobody,
    accounts: Sequence[AccountVerdict] = (),
) -> Composed:
    """Write what `publish` would publish into a file elsewhere; the workspace is not touched.

    Args:
        workspace: only read.
        uploads: as for `publish`.
        replaced: as for `publish`.
        answers: as for `publish`.
        into: the file to write.
        progress: as for `publish`.
        accounts: as for `build`.

    Raises:
        CommonGroundError: as `publish`.
    """
    recipe, _ = _with_uploads(workspace, uploads, replaced, answers, accounts)
    seal = Seal(publishing.next_version(workspace), "preview")
    return composing.compose(into, recipe, seal, _published_file(workspace), progress)


def inspect(
    path: Path, decisions: Decisions | None = None, limits: Limits | None = None
) -> list[Receipt]:
    """Read one file and say what would become of every line; write nothing.

    Raises:
        CommonGroundError: the file cannot be used.
    """
    if not path.is_file():
        raise CommonGroundError(f"{path}: there is no such file.")
    return composing.inspect(path, decisions or Decisions(), limits or Limits())


def _with_uploads(
    workspace: Path,
    uploads: Mapping[str, Path],
    replaced: Collection[str],
    answers: Mapping[str, Any],
    accounts: Sequence[AccountVerdict],
) -> tuple[Recipe, str]:
    """What to build, and the text of the decisions with the answers in it."""
    kept = kept_exports.exports_of_published(workspace)
    files = {name: path for name, path in kept.items() if name not in replaced} | dict(uploads)
    if not files:
        raise ExportError("No export is left to publish. Add one.")
    said = merged(read_text(workspace / DECISIONS), answers)
    decisions = _decisions(workspace, said)
    return Recipe(dict(sorted(files.items())), decisions, accounts=tuple(accounts)), said


def _decisions(workspace: Path, said: str | None) -> Decisions:
    """The decisions of a text, or of the workspace; the workspace's dialects either way."""
    own = read_decisions(workspace / DECISIONS)
    return own if said is None else parse_decisions(said, DECISIONS, own.dialects)


def _build(workspace: Path, recipe: Recipe, said: str | None, progress: Tell) -> Build:
    """Build and publish, unless the published file already says all of this."""
    sums = _sums(recipe.files)
    fingerprint = _fingerprint(sums, recipe)
    if published := _same(workspace, fingerprint):
        return Build(False, (), (), (), published)
    made = publishing.place_for_building(workspace)
    seal = Seal(publishing.next_version(workspace), fingerprint)
    composed = composing.compose(made, recipe, seal, _published_file(workspace), progress)
    progress("Publishing", 0.97)
    kept_exports.keep(workspace, recipe.files, sums)
    if said is not None and said != read_text(workspace / DECISIONS):
        publishing.replace_text(workspace / DECISIONS, said)
    publishing.publish_file(workspace, made)
    progress("Published", 1.0)
    return Build(True, composed.receipts, (), composed.notes, open_published(workspace))


def _published_file(workspace: Path) -> Path | None:
    pointer = read_pointer(workspace)
    before = warehouse(workspace) / pointer.name if pointer else None
    return before if before and before.exists() else None


def _kept(workspace: Path) -> dict[str, Path]:
    kept = kept_exports.exports_of_published(workspace)
    if not kept:
        raise ExportError(
            f"{workspace.name}: this workspace keeps no exports yet. Name the folder with them: "
            "--exports DIR."
        )
    return dict(sorted(kept.items()))


def _files(exports: Path) -> tuple[dict[str, Path], tuple[str, ...]]:
    everything = sorted(p for p in exports.iterdir() if p.is_file() and p.name[0] != ".")
    files = {path.name: path for path in everything if is_export(path)}
    if not files:
        raise ExportError(
            f"{exports}: there is no export in this folder (.csv, .tsv, .json, .jsonl, .parquet, "
            ".xlsx, also .gz and .zip)."
        )
    return files, tuple(path.name for path in everything if path.name not in files)


def _sums(files: Mapping[str, Path]) -> dict[str, str]:
    """File name -> sha256; the same bytes twice are refused."""
    sums: dict[str, str] = {}
    for name, path in files.items():
        digest = file_sha256(path)
        for other, theirs in sums.items():
            if theirs == digest:
                raise DuplicateExportError(
                    f"{name}: the same file as {other}, byte for byte. Remove one of the two."
                )
        sums[name] = digest
    return sums


def _fingerprint(sums: Mapping[str, str], recipe: Recipe) -> str:
    """Everything a build depends on, as one hash: files, decisions, date, program, queries."""
    said = (recipe.decisions, recipe.as_of, recipe.accounts)
    content = (sorted(sums.items()), *said, __version__)
    digest = hashlib.sha256(repr(content).encode())
    package = Path(__file__).parent.parent
    readers = [*package.glob("warehouse/*.py"), *package.glob("exports/*.py")]
    for path in sorted([*QUERIES.rglob("*.sql"), *QUERIES.rglob("*.toml"), *readers]):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _same(workspace: Path, fingerprint: str) -> Published | None:
    """The published data if it was built from exactly this; None otherwise."""
    if read_pointer(workspace) is None:
        return None
    try:
        published = open_published(workspace)
    except WorkspaceError:
        return None
    known = published.table("build_info")["fingerprint"].iloc[0]
    return published if known == fingerprint else None
