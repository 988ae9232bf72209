// Makes pages nicer that work without it: filters as one types, opens what is printed.
"use strict";
(() => {
  const wait = 200;

  // The fleet: the same page is asked for with the new filter, and its answer put in place.
  const live = document.querySelector("form[data-live]");
  if (live) {
    let timer = 0;
    let asked = 0;
    const said = document.getElementById("said");
    const ask = async () => {
      const fields = [...new FormData(live)].filter(([, value]) => value !== "");
      const query = new URLSearchParams(fields).toString();
      const address = live.getAttribute("action") + (query ? "?" + query : "");
      const turn = ++asked;
      let page;
      try {
        const answer = await fetch(address, { headers: { Accept: "text/html" } });
        if (!answer.ok) return;
        page = new DOMParser().parseFromString(await answer.text(), "text/html");
      } catch {
        return; // The button still asks in the plain way.
      }
      const fresh = page.getElementById("answer");
      if (turn !== asked || !fresh) return;
      said.textContent = page.getElementById("count").textContent;
      document.getElementById("answer").replaceWith(document.adoptNode(fresh));
      history.replaceState(null, "", address);
    };
    const soon = () => {
      clearTimeout(timer);
      timer = setTimeout(ask, wait);
    };
    live.addEventListener("input", soon);
    live.addEventListener("submit", (event) => {
      event.preventDefault();
      clearTimeout(timer);
      ask();
    });
  }

  // The report in one file: its targets are all here.
  const tools = document.querySelector("[data-tools]");
  const targets = [...document.querySelectorAll(".report-target")];
  const details = targets.map((target) => target.querySelector("details"));
  if (tools) {
    tools.hidden = false;
    const search = tools.querySelector("input");
    const state = tools.querySelector("select");
    const count = tools.querySelector("[role=status]");
    const show = () => {
      const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      targets.forEach((target, index) => {
        const text = details[index].querySelector("summary").textContent.toLowerCase();
        const fits = words.every((word) => text.includes(word)) && (!state.value || target.dataset.state === state.value);
        target.hidden = !fits;
        shown += fits;
      });
      count.textContent = `${shown} of ${targets.length} shown`;
    };
    tools.addEventListener("input", show);
    const set = (open) => () => details.forEach((one, index) => { if (!targets[index].hidden) one.open = open; });
    tools.querySelector("[data-open]").addEventListener("click", set(true));
    tools.querySelector("[data-close]").addEventListener("click", set(false));
  }
  const reveal = () => {
    const place = location.hash && document.getElementById(location.hash.slice(1));
    const one = place && (place.closest("details") || place.querySelector("details"));
    if (one) one.open = true;
  };
  addEventListener("hashchange", reveal);
  reveal();

  // On paper nothing can be opened. A long report is printed as its reader left it.
  const most = 100;
  let closed = [];
  addEventListener("beforeprint", () => {
    if (targets.length > most) return;
    closed = [...document.querySelectorAll("details:not([open])")].filter((one) => !one.closest("[data-folded]"));
    closed.forEach((one) => { one.open = true; });
  });
  addEventListener("afterprint", () => {
    closed.forEach((one) => { one.open = false; });
    closed = [];
  });
})();
