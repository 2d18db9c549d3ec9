"use strict";
(() => {
  const one = (selector) => document.querySelector(selector);
  const all = (selector, under = document) => [...under.querySelectorAll(selector)];

  // Theme: what was chosen here before, else what the system says. Storage may be forbidden.
  const KEY = "parity.theme";
  const stored = () => { try { return localStorage.getItem(KEY); } catch { return null; } };
  const keep = (theme) => { try { localStorage.setItem(KEY, theme); } catch { /* for this visit only */ } };
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const theme = () => root.dataset.theme || (system.matches ? "dark" : "light");
  const button = one("#theme");
  const label = () => { button.textContent = theme() === "dark" ? "Light" : "Dark"; };
  const before = stored();
  if (before === "dark" || before === "light") root.dataset.theme = before;
  button.hidden = false;
  label();
  system.addEventListener("change", label);
  button.addEventListener("click", () => {
    root.dataset.theme = theme() === "dark" ? "light" : "dark";
    keep(root.dataset.theme);
    label();
  });

  const filters = one("#filters");
  if (!filters) return;
  filters.hidden = false;
  one("#keys").hidden = false;

  const search = one("#search");
  const service = one("#service");
  const choices = all("[data-choice]");
  const groups = all(".group");
  const findings = all(".finding");
  const texts = new Map();
  const textOf = (item) => {
    if (!texts.has(item)) texts.set(item, item.textContent.toLowerCase());
    return texts.get(item);
  };

  const countOf = (group) => group.querySelector(".count");
  const number = (value) => value.toLocaleString("en");
  const plural = (value, noun) => `${number(value)} ${noun}${value === 1 ? "" : "s"}`;
  const visible = (item) => !item.hidden;
  // A card that speaks of several services is as many findings.
  const sum = (items) => items.reduce((total, item) => total + Number(item.dataset.count || 1), 0);

  function filter() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = new Set(choices.filter((c) => c.getAttribute("aria-pressed") === "true").map((c) => c.dataset.choice));
    const where = service ? service.value : "";
    const fits = (item) =>
      (!item.dataset.severity || wanted.has(item.dataset.severity)) &&
      (!where || item.dataset.services.split(" ").includes(where)) &&
      words.every((word) => textOf(item).includes(word));
    for (const group of groups) {
      const items = all(".item", group);
      for (const item of items) item.hidden = !fits(item);
      const [shown, total] = [sum(items.filter(visible)), sum(items)];
      group.hidden = shown === 0;
      countOf(group).textContent = shown === total ? number(total) : `${number(shown)} of ${number(total)}`;
    }
    const [left, every] = [sum(findings.filter(visible)), sum(findings)];
    one("#shown").textContent = left === every
      ? plural(left, "finding")
      : `${number(left)} of ${plural(every, "finding")}`;
    const folded = one("#folded");
    const rows = folded ? all(".item", folded).some((row) => !row.hidden) : false;
    if (folded) folded.hidden = !rows;
    one("#none").hidden = left > 0 || rows || findings.length === 0;
  }

  search.addEventListener("input", filter);
  if (service) service.addEventListener("change", filter);
  for (const choice of choices) {
    choice.addEventListener("click", () => {
      choice.setAttribute("aria-pressed", String(choice.getAttribute("aria-pressed") !== "true"));
      filter();
    });
  }

  const unfold = (open) => { for (const item of findings) if (!item.hidden) item.open = open; };
  one("#unfold").addEventListener("click", () => unfold(true));
  one("#fold").addEventListener("click", () => unfold(false));

  // Keys: / searches, Escape clears, j and k walk over what is shown.
  function walk(step) {
    const shown = findings.filter((item) => item.offsetParent !== null).map((item) => item.querySelector("summary"));
    const at = shown.indexOf(document.activeElement);
    const next = shown[at < 0 ? (step > 0 ? 0 : shown.length - 1) : at + step];
    if (next) { next.focus(); next.scrollIntoView({ block: "nearest" }); }
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.matches("input, select, textarea");
    if (event.key === "Escape" && event.target === search) {
      search.value = "";
      filter();
      search.blur();
    } else if (!typing && event.key === "/") {
      event.preventDefault();
      search.focus();
      search.select();
    } else if (!typing && (event.key === "j" || event.key === "k")) {
      walk(event.key === "j" ? 1 : -1);
    }
  });

  // A link to a finding unfolds it; printing unfolds everything.
  const target = () => {
    const item = location.hash && document.getElementById(location.hash.slice(1));
    if (item && item.matches(".finding")) {
      item.open = true;
      item.scrollIntoView();
    }
  };
  addEventListener("hashchange", target);
  target();
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = all("details:not([open])");
    for (const item of closed) item.open = true;
  });
  addEventListener("afterprint", () => { for (const item of closed) item.open = false; });
})();
