"use strict";
/* Wishes, money and plans in words. */
const WorkshopWords = (() => {
  const number = (value, digits = 0) => value.toLocaleString("en-GB", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const millions = (value) => `${value < 0 ? "−" : ""}£${number(Math.abs(value) / 1e6, 2)}m`;
  const pounds = (value) => `${value < -0.5 ? "−" : ""}£${number(Math.abs(Math.round(value)))}`;
  const count = (value, noun) => `${number(value)} ${noun}${value === 1 ? "" : "s"}`;
  const WAYS = {
    land: "by land", land_and_crossings: "by land or a Thames crossing",
    mid_river: "by land, a Thames crossing or the middle of the river", none: "in any way",
  };

  function price(value) {
    if (value < 0.005) return "costs nothing";
    return value < 1e5 ? `costs ${pounds(value)}` : `costs ${millions(value)}`;
  }

  function listed(names) {
    if (names.length < 2) return names.join("");
    return `${names.slice(0, -1).join(", ")} and ${names[names.length - 1]}`;
  }

  function wish(each, names) {
    const named = (each.areas || []).map((area) => names[area]);
    const range = ({ low, high }) => {
      if (low === high) return `Exactly ${count(low, "room")}`;
      if (low === null) return `At most ${count(high, "room")}`;
      return high === null ? `At least ${count(low, "room")}` : `${low} to ${count(high, "room")}`;
    };
    const said = {
      together: () => `${listed(named)} share a room`,
      apart: () => `${listed(named)} do not share a room`,
      group: () => (named.length === 1 ? `${named[0]} has a room of its own` : `${listed(named)} share a room, by themselves`),
      host: () => `${named[0]} hosts the room it uses`,
      nohost: () => `No room stands in ${named[0]}`,
      rooms: () => range(each),
      moved: () => (each.most === 1 ? "At most 1 borough moves" : `At most ${number(each.most)} boroughs move`),
      capacity: () => `At most ${number(each.most)} cameras a room`,
      share: () => `At most ${number(each.most * 100)}% of all cameras a room`,
      size: () => `At most ${count(each.most, "borough")} a room`,
      posts: () => `At most ${count(each.most, "operator")} on duty a room`,
      link: () => `No borough more than ${number(each.km)} km from its room`,
      contiguity: () => `Boroughs of a room hang together ${WAYS[each.way]}`,
      footprint: () => `No room straddles two units of ${each.way === "met_bcu" ? "the Met" : "the London Plan"}`,
    };
    return said[each.kind]();
  }

  /* The saving of a plan against today over draws that chose nothing, as text and as a bar. */
  function range(spread) {
    const way = spread.middle >= 0 ? "saves" : "costs";
    return `${way} ${millions(Math.abs(spread.middle))} in the middle; 8 draws of 10 between ${millions(spread.low)} and ${millions(spread.high)}`;
  }

  return { number, millions, pounds, count, price, listed, wish, range, WAYS };
})();
