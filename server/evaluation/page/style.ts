/** Of the report, which is one file. */
export const REPORT_STYLE = `
:root { color-scheme: light dark; --line: #d0d4da; --ink: #1d2327; --soft: #50575e; --accent: #1f5fa8; --paper: #fff; }
@media (prefers-color-scheme: dark) { :root { --line: #3c434a; --ink: #f0f0f1; --soft: #b4b9be; --accent: #72aee6; --paper: #16191c; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 46rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.7rem; line-height: 1.2; } h2 { margin-top: 2.5rem; border-top: 1px solid var(--line); padding-top: 1.2rem; }
svg { width: 100%; height: auto; } svg text { fill: var(--ink); }
.grid, .axis { stroke: var(--line); } .axis { stroke: var(--soft); }
.interval { stroke: var(--accent); stroke-width: 3; opacity: .55; } .point { fill: var(--accent); } .bar { fill: var(--accent); }
.curve { fill: none; stroke: var(--accent); stroke-width: 2; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .9rem; }
caption { text-align: left; color: var(--soft); padding-bottom: .3rem; }
th, td { text-align: right; padding: .35rem .6rem; border-bottom: 1px solid var(--line); } th:first-child { text-align: left; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)); gap: 1.5rem; }
ol { columns: 2; padding-left: 1.6rem; } .fine { color: var(--soft); font-size: .85em; }
#judge-picture { max-width: 100%; max-height: 24rem; } dl { display: grid; grid-template-columns: 2rem 1fr; gap: .6rem; } dt { font-weight: 700; } dd { margin: 0; }
button, select { font: inherit; padding: .4rem .9rem; min-height: 2.5rem; } .buttons { display: flex; flex-wrap: wrap; gap: .6rem; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
`;
