"use strict";
/* Numbers of the page's data as arrays. */
const WorkshopData = (() => {
  function floats(text) {
    const raw = atob(text), bytes = new Uint8Array(raw.length);
    for (let k = 0; k < raw.length; k += 1) bytes[k] = raw.charCodeAt(k);
    return new Float64Array(bytes.buffer);
  }

  function territory(given) {
    const all = (table) => Object.fromEntries(Object.entries(table).map(([name, text]) => [name, floats(text)]));
    const draws = Object.fromEntries(Object.entries(given.draws).map(([name, set]) => [name, {
      ...set, coefficients: floats(set.coefficients), counts: floats(set.counts), factors: all(set.factors),
    }]));
    const officers = given.officers && { ...given.officers, crimes: floats(given.officers.crimes), coefficients: floats(given.officers.coefficients) };
    return { ...given, places: all(given.places), draws, officers };
  }

  return { territory };
})();
