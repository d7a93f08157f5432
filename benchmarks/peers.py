"""The tools that people would use instead, each making the four notebooks and a page of each.

A peer has an environment of its own outside the repository, made when it is first asked for, that shares the
project's packages. In every one of them `rfc3987-syntax` is hidden: it comes with JupyterLab and costs each process
that validates a notebook more than a second, so a loop with JupyterLab beside it is slower still.
"""

import json
import shutil
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path

NOTEBOOKS = ("01_chips", "02_capacity", "03_policy", "04_market")
API = """
import sys, papermill
from nbconvert import HTMLExporter
for name in sys.argv[2:]:
    papermill.execute_notebook(f"notebooks/{name}.ipynb", f"{sys.argv[1]}/{name}.ipynb", progress_bar=False)
    body, _ = HTMLExporter().from_filename(f"{sys.argv[1]}/{name}.ipynb")
    open(f"{sys.argv[1]}/{name}.html", "w").write(body)
"""
SNAKEFILE = """
import glob
NAMES = {names!r}
EXTRA = {{"04_market": f"-p precision {{config['precision']}}"}}
rule all:
    input: expand("peer/{{name}}.html", name=NAMES)
rule notebook:
    input: "notebooks/{{name}}.ipynb", glob.glob("data/*.*"), glob.glob("src/helpers/**/*.py", recursive=True)
    output: "peer/{{name}}.ipynb"
    params: extra=lambda names: EXTRA.get(names.name, "")
    shell: "{bin}/papermill --no-progress-bar {{params.extra}} {{input[0]}} {{output}}"
rule page:
    input: "peer/{{name}}.ipynb"
    output: "peer/{{name}}.html"
    shell: "{bin}/jupyter nbconvert --to html {{input}}"
"""
LEAN = "import sys\nsys.modules['rfc3987_syntax'] = None\n"


@dataclass(frozen=True)
class Peer:
    """A tool: its name, what pip installs for it, and which changes it sees by itself."""

    name: str
    packages: tuple[str, ...] = ()
    sees: tuple[str, ...] = ("cold", "nothing", "parameter", "fact", "module")


PEERS = (
    Peer("shell loop, lean", sees=("cold", "parameter")),
    Peer("papermill API, one process", sees=("cold",)),
    Peer("Snakemake, 2 cores", ("snakemake",)),
    Peer("Ploomber, parallel", ("ploomber",), ("cold", "nothing", "parameter")),
    Peer("jupyter-cache + nbconvert", ("jupyter-cache",), ("cold", "nothing", "parameter")),
    Peer("Jupyter Book 1", ("jupyter-book<2",), ("cold", "nothing", "parameter")),
)


def python_of(peer: Peer, folder: Path) -> Path | None:
    """The interpreter of the peer's environment, made at need; None where its packages cannot be installed."""
    home = folder / (peer.packages[0].split("<")[0] if peer.packages else "lean")
    python = home / "bin" / "python"
    if not (home / "ready").is_file():
        shutil.rmtree(home, ignore_errors=True)
        venv.create(home, with_pip=True)
        packages = home / "lib" / f"python{sysconfig.get_python_version()}" / "site-packages"
        (packages / "shared.pth").write_text(sysconfig.get_path("purelib"))
        (packages / "sitecustomize.py").write_text(LEAN)
        wanted = [*peer.packages, "jupyter-core"]  # for the command `jupyter` in this environment
        command = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *wanted]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            return None
        forced = [
            *command[: -len(wanted)],
            "--force-reinstall",
            "--no-deps",
            "papermill",
            "nbconvert",
            "jupyter-core",
        ]
        if subprocess.run(forced, capture_output=True, check=False).returncode:
            return None
        (home / "ready").touch()
    return python


def clean(project: Path) -> None:
    """Forget what a peer has made."""
    for name in ("peer", ".snakemake", ".jupyter_cache", "_build", "build"):
        shutil.rmtree(project / name, ignore_errors=True)


def command(peer: Peer, python: Path, project: Path, precision: str, only_market: bool = False) -> list[str]:
    """The command line that makes everything, or for a loop by hand the one notebook whose parameter changed."""
    bin, out = python.parent, project / "peer"
    out.mkdir(exist_ok=True)
    names = NOTEBOOKS[3:] if only_market else NOTEBOOKS
    if peer.name.startswith("shell loop"):
        extra = f"-p precision {precision}"
        steps = [
            f"{bin}/papermill --no-progress-bar {extra if name == '04_market' else ''} notebooks/{name}.ipynb "
            f"{out}/{name}.ipynb && {bin}/jupyter nbconvert --to html {out}/{name}.ipynb"
            for name in names
        ]
        return ["sh", "-ec", "\n".join(steps)]
    if peer.name.startswith("papermill API"):
        return [str(python), "-c", API, str(out), *names]
    if peer.name.startswith("Snakemake"):
        (project / "Snakefile").write_text(SNAKEFILE.format(names=NOTEBOOKS, bin=bin))
        return [
            str(bin / "snakemake"),
            "--cores",
            "2",
            "--quiet",
            "all",
            "--config",
            f"precision={precision}",
        ]
    if peer.name.startswith("Ploomber"):
        tasks = [
            {"source": f"notebooks/{name}.ipynb", "name": name, "product": f"peer/{name}.html"}
            for name in NOTEBOOKS
        ]
        tasks[-1]["params"] = {"precision": precision}
        (project / "pipeline.yaml").write_text(
            json.dumps({"meta": {"extract_upstream": False}, "executor": "parallel", "tasks": tasks})
        )
        return [str(bin / "ploomber"), "build"]
    _set_default(project / "notebooks" / "04_market.ipynb", precision)
    if peer.name.startswith("jupyter-cache"):
        files = " ".join(f"notebooks/{name}.ipynb" for name in NOTEBOOKS)
        steps = [
            f"export JUPYTERCACHE={project}/.jupyter_cache",
            f"[ -d {project}/.jupyter_cache ] || yes | {bin}/jcache notebook add {files}",
            f"{bin}/jcache project execute --executor local-parallel",
            *(f"{bin}/jcache notebook merge notebooks/{name}.ipynb {out}/{name}.ipynb" for name in NOTEBOOKS),
            f"{bin}/jupyter nbconvert --to html {out}/*.ipynb",
        ]
        return ["sh", "-ec", "\n".join(steps)]
    chapters = [{"file": f"notebooks/{name}"} for name in NOTEBOOKS[1:]]
    toc = {"format": "jb-book", "root": f"notebooks/{NOTEBOOKS[0]}", "chapters": chapters}
    (project / "_toc.yml").write_text(json.dumps(toc))
    settings = {
        "title": "Peer",
        "execute": {"execute_notebooks": "cache", "timeout": 600},
        "only_build_toc_files": True,
    }
    (project / "_config.yml").write_text(json.dumps(settings))
    return [str(bin / "jupyter-book"), "build", "-q", str(project)]


def _set_default(path: Path, precision: str) -> None:
    """These two know no parameters: an author edits the notebook."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if "parameters" in cell["metadata"].get("tags", []):
            lines = "".join(cell["source"]).splitlines(keepends=True)
            cell["source"] = [
                f'precision: str = "{precision}"\n' if line.startswith("precision") else line
                for line in lines
            ]
    text = json.dumps(notebook, indent=1, ensure_ascii=False)
    if text != path.read_text(encoding="utf-8"):
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit("run benchmarks/run.py")
