/** The style sheet of the pages. Light or dark as the system is; no image, no font from elsewhere. */
export const styleSheet = `:root {
  color-scheme: light dark;
  --ground: light-dark(#f4f5f8, #10131a);
  --glow: light-dark(#e3e9ff, #1a2140);
  --card: light-dark(#ffffff, #191d27);
  --ink: light-dark(#171a21, #eceff6);
  --faint: light-dark(#5a6275, #a0a9bd);
  --line: light-dark(#d5d9e3, #343b4d);
  --field: light-dark(#ffffff, #11151d);
  --accent: light-dark(#3b4fd8, #8b9bff);
  --accent-ink: light-dark(#ffffff, #0d1024);
  --alert: light-dark(#b3261e, #ff9a91);
  --alert-ground: light-dark(#fdeceb, #3a1a1b);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif;
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; min-height: 100dvh; display: grid; place-items: center; padding: 1.5rem 1rem;
  color: var(--ink); background: radial-gradient(60rem 32rem at 50% -8rem, var(--glow), transparent) var(--ground);
  overflow-wrap: anywhere;
}
main {
  width: 100%; max-width: 25.5rem; padding: 2.25rem 2rem 2rem; background: var(--card);
  border: 1px solid var(--line); border-radius: 1rem; box-shadow: 0 1px 2px #0000000d, 0 12px 40px #0000001a;
}
.brand { display: flex; align-items: center; gap: .6rem; margin-bottom: 1.75rem; font-weight: 650; letter-spacing: -.01em; }
.brand svg { width: 1.75rem; height: 1.75rem; color: var(--accent); flex: none; }
.brand small { color: var(--faint); font-weight: 400; }
h1 { margin: 0; font-size: 1.5rem; line-height: 1.25; letter-spacing: -.02em; text-wrap: balance; }
h1 + p { margin: .35rem 0 0; color: var(--faint); }
form { margin-top: 1.5rem; }
label { display: block; margin: 1rem 0 .35rem; font-weight: 550; font-size: .925rem; }
input[type="text"], input[type="password"] {
  width: 100%; padding: .7rem .8rem; font: inherit; color: inherit; background: var(--field);
  border: 1px solid var(--line); border-radius: .6rem;
}
input[aria-invalid="true"] { border-color: var(--alert); }
:focus-visible { outline: 3px solid color-mix(in srgb, var(--accent) 45%, transparent); outline-offset: 1px; }
input:focus-visible { border-color: var(--accent); }
.user-code { font-family: ui-monospace, "SFMono-Regular", Menlo, monospace !important; font-size: 1.35rem !important; letter-spacing: .12em; text-align: center; text-transform: uppercase; }
.check { display: flex; align-items: center; gap: .5rem; margin-top: .6rem; color: var(--faint); font-weight: 400; font-size: .9rem; }
.check input { accent-color: var(--accent); width: 1rem; height: 1rem; margin: 0; }
.actions { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1.75rem; }
button {
  flex: 1 1 9.5rem; min-height: 2.75rem; padding: .6rem 1.1rem; font: inherit; font-weight: 600; cursor: pointer;
  border: 1px solid transparent; border-radius: .6rem; background: var(--accent); color: var(--accent-ink);
}
button:hover { filter: brightness(1.08); }
button.quiet { background: transparent; color: var(--ink); border-color: var(--line); }
button.quiet:hover { filter: none; background: color-mix(in srgb, var(--ink) 6%, transparent); }
button.link { flex: none; min-height: 0; padding: .25rem 0; background: none; border: 0; color: var(--accent); font-weight: 500; }
.alert { margin: 1.25rem 0 0; padding: .75rem .9rem; border-radius: .6rem; background: var(--alert-ground); color: var(--alert); font-size: .95rem; }
.account { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: .25rem 1rem; margin-top: 1.5rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--faint); font-size: .9rem; }
.account form { margin: 0; }
ul.scopes { margin: 1rem 0 0; padding: 0; list-style: none; border: 1px solid var(--line); border-radius: .6rem; max-height: 18rem; overflow-y: auto; }
ul.scopes li { padding: .65rem .9rem; }
ul.scopes li + li { border-top: 1px solid var(--line); }
ul.scopes small { display: block; color: var(--faint); }
ul.scopes code { display: block; color: var(--faint); font: .8rem/1.4 ui-monospace, "SFMono-Regular", Menlo, monospace; }
.rows { margin: 1rem 0 0; padding: 0; list-style: none; border: 1px solid var(--line); border-radius: .6rem; }
.rows li { display: flex; align-items: baseline; justify-content: space-between; gap: 1rem; padding: .65rem .9rem; }
.rows li + li { border-top: 1px solid var(--line); }
.rows small { display: block; color: var(--faint); }
.rows strong { color: var(--accent); font-size: .85rem; font-weight: 550; }
.rows form { margin: 0; flex: none; }
a { color: var(--accent); }
.links { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; }
.qr svg { display: block; width: 12rem; height: 12rem; margin: 0 auto; border-radius: .6rem; }
.codes { margin: 1.25rem 0 0; padding: 0; list-style: none; columns: 2; font: 1rem/1.9 ui-monospace, "SFMono-Regular", Menlo, monospace; }
[hidden] { display: none; }
.passkey button { width: 100%; margin-top: 1.25rem; }
a.button {
  display: block; margin-top: .75rem; padding: .6rem 1.1rem; min-height: 2.75rem; font-weight: 600; text-align: center; text-decoration: none;
  color: var(--ink); border: 1px solid var(--line); border-radius: .6rem;
}
a.button:hover { background: color-mix(in srgb, var(--ink) 6%, transparent); }
.or { display: flex; align-items: center; gap: .75rem; margin: 1.5rem 0 0; color: var(--faint); font-size: .9rem; }
.or::before, .or::after { content: ""; flex: 1; border-top: 1px solid var(--line); }
h2 { margin: 1.75rem 0 0; font-size: 1.05rem; }
.faint { color: var(--faint); font-size: .9rem; }
p.faint { margin: 1.25rem 0 0; }
.code { margin: 1.25rem 0 0; color: var(--faint); font: .85rem/1.5 ui-monospace, "SFMono-Regular", Menlo, monospace; }
@media (max-width: 30rem) {
  body { padding: 0; place-items: stretch; background: var(--card); }
  main { max-width: none; border: 0; border-radius: 0; box-shadow: none; padding: 2rem 1.25rem; }
}
@media (prefers-contrast: more) { :root { --line: currentColor; --faint: var(--ink); } }
`;
