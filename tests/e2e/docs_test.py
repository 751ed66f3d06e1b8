"""Runs the examples of README.md and of pages under docs/.

A comment `<!-- test: name -->`, or `<!-- test: name, prints: text -->`, stands on a line of its
own before a fenced block in `sh`, `python` or `js`. Each runs against the gateway with the quick
start's configuration: port 4000 becomes the test's, any `sk-...` written in the block becomes its
key. It runs in the repository's root, must end with 0, print something, and print `text`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway import BINARY, ROOT, Gateway, clean_environment
from sdk_node_test import NODE_MODULES, node_program

README = ROOT / "README.md"
QUICKSTART = ROOT / "config/quickstart.yaml"
DOCS_KEY = "sk-docs-test-key"


@dataclass
class Example:
    name: str
    prints: str
    language: str
    code: str


MARKED = re.compile(
    r"^<!-- test: (?P<name>[\w-]+)(?:, prints: (?P<prints>.+?))? -->\n+"
    r"```(?P<language>\w+)\n(?P<code>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


def examples(text: str) -> list[Example]:
    found = [
        Example(m["name"], m["prints"] or "", m["language"], m["code"])
        for m in MARKED.finditer(text)
    ]
    assert len(found) == text.count("<!-- test: "), "a mark without a block after it"
    assert len({example.name for example in found}) == len(found), "a name given twice"
    return found


NAMES = ("command-line", "customers", "keys", "spend", "stored-models",
         "stored-settings", "teams")
PAGES = [README, *(ROOT / f"docs/{name}.md" for name in NAMES)]
EXAMPLES = [example for page in PAGES for example in examples(page.read_text())]


def test_the_convention() -> None:
    text = (
        "a\n<!-- test: one, prints: x y -->\n```sh\necho x y\n```\n"
        "<!-- test: two -->\n\n```python\n1\n```\n"
    )
    assert examples(text) == [
        Example("one", "x y", "sh", "echo x y\n"),
        Example("two", "", "python", "1\n"),
    ]
    with pytest.raises(AssertionError):
        examples("<!-- test: lost -->\nno block\n")


def test_no_two_examples_have_one_name() -> None:
    assert len({example.name for example in EXAMPLES}) == len(EXAMPLES)


def test_the_readme_has_the_promised_examples() -> None:
    assert {example.language for example in EXAMPLES} >= {"sh", "python", "js"}


@pytest.fixture(scope="module")
def quickstart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    directory = tmp_path_factory.mktemp("quickstart")
    config = directory / "quickstart.yaml"
    shutil.copy(QUICKSTART, config)
    gateway = Gateway(
        args=["--config", str(config)],
        env={"LITELLM_MASTER_KEY": DOCS_KEY, "STORE_MODEL_IN_DB": "True"},
        directory=directory,
    )
    yield gateway
    gateway.stop()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_example(quickstart: Gateway, example: Example, tmp_path: Path) -> None:
    code = re.sub(r"(localhost|127\.0\.0\.1):4000", rf"127.0.0.1:{quickstart.port}", example.code)
    code = re.sub(r"sk-[A-Za-z0-9_.-]+", DOCS_KEY, code)
    code = code.replace("build/release/tollweir", str(BINARY))
    command, directory = program(example.language, code)
    extra = {
        "LITELLM_MASTER_KEY": DOCS_KEY,
        "OPENAI_API_KEY": DOCS_KEY,
        "OPENAI_BASE_URL": f"{quickstart.base_url}",
        "PATH": f"{Path(sys.executable).parent}:{BINARY.parent}:{os.environ['PATH']}",
    }
    result = subprocess.run(
        command,
        cwd=directory,
        env=clean_environment(tmp_path, extra),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    output = result.stdout + result.stderr
    assert result.returncode == 0, output
    assert result.stdout.strip(), f"it printed nothing; on stderr: {result.stderr}"
    assert example.prints in output, output


QUICKSTART_AUTH = [("authorization", f"Bearer {DOCS_KEY}")]


def test_the_quick_start_names_the_key_that_a_provider_lacks(quickstart: Gateway) -> None:
    reply = quickstart.chat("openai/gpt-4o-mini", QUICKSTART_AUTH)
    reply.expect_error(401, "authentication_error", "set OPENAI_API_KEY")


def test_the_quick_start_says_which_providers_come_later(quickstart: Gateway) -> None:
    for model_name in ("anthropic/claude-3-5-haiku-latest", "gemini/gemini-2.0-flash"):
        reply = quickstart.chat(model_name, QUICKSTART_AUTH)
        reply.expect_error(501, "not_implemented", "not built into this version")


def program(language: str, code: str) -> tuple[list[str], Path]:
    if language == "sh":
        return ["bash", "-euo", "pipefail", "-c", code], ROOT
    if language == "python":
        return [sys.executable, "-c", code], ROOT
    assert language == "js", f"nobody runs {language}"
    if not NODE_MODULES.exists():
        pytest.skip(f"{NODE_MODULES} is missing: scripts/test installs it")
    return node_program(code), NODE_MODULES.parent
