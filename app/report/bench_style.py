"""What the page of a benchmark adds to the report's style sheet: its tables and its pictures, light and dark."""

from __future__ import annotations

BENCH_STYLE = """
:root { --read: #7a5bb5; --to-device: #1b857a; --kernel: #c9661c; --decode: #c9661c; --from-device: #a8843a;
  --wrong: #fbe3da; --l0: #2f6bb3; --l1: #c9661c; --l2: #1b857a; --l3: #a32c6a; --l4: #7a5bb5; --l5: #80711c;
  --l6: #1c6b34; --l7: #5c6470; }
@media (prefers-color-scheme: dark) { :root { --read: #b79bea; --to-device: #5fc7bb; --kernel: #f0a060;
  --decode: #f0a060; --from-device: #d9bd7f; --wrong: #452218; --l0: #7fb2ea; --l1: #f0a060; --l2: #5fc7bb;
  --l3: #ee8fc0; --l4: #b79bea; --l5: #cfc06a; --l6: #7fd69a; --l7: #9aa3b0; } }
td, th { padding: .15rem .5rem; }
td:first-child, th:first-child, .settings td, .settings th { text-align: left; white-space: normal; }
td:first-child { overflow-wrap: anywhere; }
td:first-child { max-width: 22rem; }
thead th { vertical-align: bottom; white-space: normal; }
tr.base td { background: var(--panel); font-weight: 600; }
tr.wrong td { background: var(--wrong); color: var(--bad); font-weight: 600; }
td.says { text-align: left; white-space: normal; min-width: 8rem; color: var(--faint); font-family: inherit; }
tr.wrong td.says { color: var(--bad); }
td.doubt { color: var(--above); }
.best { font-weight: 600; }
svg.bench { width: 100%; max-width: 60rem; height: auto; display: block; margin: .6rem 0; }
svg.bench text { fill: var(--text); font: 12px system-ui, sans-serif; }
svg.bench .faint { fill: var(--faint); } svg.bench .bad { fill: var(--bad); font-weight: 600; }
svg.bench .grid { stroke: var(--line); }
svg.bench .bar { fill: var(--below); } svg.bench .base { fill: var(--good); }
svg.bench .s-read { fill: var(--read); } svg.bench .s-to-device { fill: var(--to-device); }
svg.bench .s-kernel { fill: var(--kernel); } svg.bench .s-decode { fill: var(--decode); }
svg.bench .s-from-device { fill: var(--from-device); }
svg.bench .whisker { stroke: var(--text); stroke-width: 1.5; }
svg.bench .front { fill: none; stroke: var(--faint); stroke-width: 1.5; stroke-dasharray: 5 4; }
svg.bench .growth { fill: none; stroke-width: 2; }
svg.bench .line-0 { stroke: var(--l0); fill: var(--l0); } svg.bench .line-1 { stroke: var(--l1); fill: var(--l1); }
svg.bench .line-2 { stroke: var(--l2); fill: var(--l2); } svg.bench .line-3 { stroke: var(--l3); fill: var(--l3); }
svg.bench .line-4 { stroke: var(--l4); fill: var(--l4); } svg.bench .line-5 { stroke: var(--l5); fill: var(--l5); }
svg.bench .line-6 { stroke: var(--l6); fill: var(--l6); } svg.bench .line-7 { stroke: var(--l7); fill: var(--l7); }
svg.bench polyline.growth, svg.bench polyline.leader { fill: none; }
svg.bench polyline.leader { stroke-width: 1; opacity: .6; }
.notes { font-size: .9em; color: var(--faint); margin: .4rem 0; padding-left: 1.2rem; }
h4 { font-size: .95rem; margin: 1rem 0 0; font-weight: 600; }
details { margin: .5rem 0; } summary { cursor: pointer; }
section { break-inside: avoid-page; }
"""
"""CSS; colours of text on its background keep a contrast of 4.5 to 1 in both themes."""
