"use strict";
/* The switch between levels of image quality: which variant of a measure the map shows, a sentence
   more in the panel, a column marked in the table. Figures and sentences come from Python. */
(() => {
  const { DATA, byId, all } = Sharedview;
  const given = DATA.levels;
  const radios = () => all("input[name='level']");
  let level = given.headline;

  const family = () => (byId("measure") ? byId("measure").value : "covered");

  function mark() {
    for (const radio of radios()) radio.checked = radio.value === level;
    const column = 1 + given.names.indexOf(level);
    for (const row of all("#table-levels tr")) {
      Array.from(row.children).forEach((cell, place) => cell.classList.toggle("level", place > 0 && place === column));
    }
  }

  /* The first sentence of the page, and the views, are those of the level. */
  function tell() {
    const own = all(".lead");
    const said = byId("level-lead") || Sharedview.sentence([]);
    if (!said.id) {
      said.id = "level-lead";
      if (own.length) own[own.length - 1].after(said);
    }
    const other = level !== given.headline && given.leads[level];
    said.replaceChildren(...(other ? Sharedview.sentence(other).childNodes : []));
    said.hidden = !other;
    for (const lead of own) lead.hidden = Boolean(other);
    for (const pane of Sharedview.panes.values()) {
      for (const pack of pane.packs) pack.cutAt(level !== given.headline && given.cut.includes(level) ? level : null);
    }
  }

  /* Show the chosen level; a measure that has no variants is at the page's own level. */
  function show() {
    const key = family();
    if (!(given.families[key] || []).includes(level)) level = given.headline;
    Sharedview.measure(level === given.headline ? key : `${key}.${level}`);
    mark();
    tell();
    Sharedview.reselect();
  }

  function choose(name) {
    level = given.names.includes(name) ? name : given.headline;
    const choice = byId("measure");
    if (choice && level !== given.headline && !(given.families[choice.value] || []).includes(level)) choice.value = "covered";
    show();
    Sharedview.say(`Image quality: ${level}`);
  }

  Sharedview.extend({
    start() {
      for (const radio of radios()) radio.addEventListener("change", () => choose(radio.value));
      const choice = byId("measure");
      if (choice) choice.addEventListener("change", show);
      mark();
    },
    describe(index) {
      if (level === given.headline) return [];
      return [Sharedview.sentence(given.sentences[level][index])];
    },
    address(state) {
      if (level !== given.headline) state.set("level", level);
    },
    restore(state) {
      const wanted = state.get("level");
      level = given.names.includes(wanted) ? wanted : given.headline;
      show();
    },
  });
})();
