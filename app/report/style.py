"""The report's style sheet: light or dark as the reader's system is, readable in print, and without a script."""

from __future__ import annotations

STYLE = """
:root { color-scheme: light dark; --page: #ffffff; --text: #1c1f24; --faint: #5c6470; --line: #d5d9e0;
  --panel: #f4f6f9; --mark: #ffe2b8; --bad: #a32c0a; --good: #1c6b34; --above: #c9661c; --below: #2f6bb3; }
@media (prefers-color-scheme: dark) {
  :root { --page: #15181d; --text: #e4e7ec; --faint: #9aa3b0; --line: #363c46; --panel: #1e2229;
    --mark: #5c3d10; --bad: #ff9d7a; --good: #7fd69a; --above: #f0a060; --below: #7fb2ea; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 76rem; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.4rem; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; border-bottom: 1px solid var(--line); padding-bottom: .2rem; }
h3 { font-size: 1rem; margin: 1rem 0 .25rem; }
p { margin: .4rem 0; max-width: 60rem; overflow-wrap: anywhere; }
code, pre, td, .value { font-family: ui-monospace, monospace; font-size: .92em; }
pre { background: var(--panel); padding: .6rem .8rem; white-space: pre-wrap; overflow-wrap: anywhere; }
.faint, figcaption, th { color: var(--faint); }
.verdict { font-size: 1.1rem; font-weight: 600; }
.bad { color: var(--bad); } .good { color: var(--good); }
.finding { border-left: 4px solid var(--above); padding: .2rem .8rem; margin: .6rem 0; background: var(--panel); }
.finding h3 { margin-top: .2rem; }
.beside { display: flex; flex-wrap: wrap; gap: 0 2.5rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; margin: .4rem 0; }
th, td { padding: .1rem .6rem; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--line); }
th { font-weight: 500; }
.pairs th, .pairs td, .words td { text-align: left; }
.pairs td { white-space: normal; overflow-wrap: anywhere; }
td.differs { background: var(--mark); font-weight: 600; }
td.first { outline: 2px solid var(--bad); }
.pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 1rem; }
figure { margin: 0; }
figure img { width: 100%; height: auto; min-height: 12px; max-height: 40rem; image-rendering: pixelated;
  background: var(--panel); border: 1px solid var(--line); display: block; }
.legend { display: flex; gap: .5rem; align-items: center; font-size: .85em; }
.legend .bar { flex: 1; height: .7rem; border: 1px solid var(--line); }
.histogram { width: 100%; max-width: 60rem; height: auto; }
.histogram text { fill: var(--faint); font: 11px system-ui, sans-serif; }
.histogram .axis { stroke: var(--line); }
.histogram .above { fill: var(--above); } .histogram .below { fill: var(--below); }
@media print { body { max-width: none; } .scroll { overflow: visible; } }
"""
"""CSS; colours of text on its background keep a contrast of 4.5 to 1 in both themes."""
