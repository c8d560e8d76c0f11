"use strict";
/* OS grid references to latitude and longitude, to about 5 m: Airy 1830 transverse Mercator turned
   round, then a Helmert shift (Ordnance Survey, A Guide to Coordinate Systems in Great Britain,
   annexes B and C). Good enough to go to a place; no figure uses it. */
const GridReference = (() => {
  const RAD = Math.PI / 180;
  const AIRY = { a: 6377563.396, b: 6356256.909 }, WGS84 = { a: 6378137, b: 6356752.3141 };
  const F0 = 0.9996012717, LAT0 = 49 * RAD, LON0 = -2 * RAD, E0 = 400000, N0 = -100000;

  /* Easting and northing of "TQ 299 819" or "529900, 181900"; null for other texts. */
  function parse(text) {
    const plain = text.trim().toUpperCase();
    const pair = plain.match(/^(\d{5,6}(?:\.\d+)?)[,\s]+(\d{5,7}(?:\.\d+)?)$/);
    if (pair) return { e: Number(pair[1]), n: Number(pair[2]), size: 1 };
    const parts = plain.match(/^([HJNOST])([A-HJ-Z])\s*(\d[\d\s]*)$/);
    if (!parts) return null;
    const digits = parts[3].replace(/\s/g, "");
    if (digits.length % 2 || digits.length > 10) return null;
    const index = (letter) => { const i = letter.charCodeAt(0) - 65; return i > 7 ? i - 1 : i; };
    const [l1, l2] = [index(parts[1]), index(parts[2])];
    const east = (((l1 - 2) % 5) * 5 + (l2 % 5)) * 100000;
    const north = (19 - Math.floor(l1 / 5) * 5 - Math.floor(l2 / 5)) * 100000;
    const half = digits.length / 2, size = 10 ** (5 - half);
    return {
      e: east + Number(digits.slice(0, half)) * size + size / 2,
      n: north + Number(digits.slice(half)) * size + size / 2,
      size,
    };
  }

  function meridian(b, n, lat) {
    const d = lat - LAT0, s = lat + LAT0;
    return b * F0 * ((1 + n + (5 / 4) * (n ** 2 + n ** 3)) * d
      - (3 * n + 3 * n ** 2 + (21 / 8) * n ** 3) * Math.sin(d) * Math.cos(s)
      + (15 / 8) * (n ** 2 + n ** 3) * Math.sin(2 * d) * Math.cos(2 * s)
      - (35 / 24) * n ** 3 * Math.sin(3 * d) * Math.cos(3 * s));
  }

  function toLatLng({ e, n: northing }) {
    const { a, b } = AIRY, n = (a - b) / (a + b), e2 = 1 - (b / a) ** 2;
    let lat = LAT0, m = 0;
    do {
      lat += (northing - N0 - m) / (a * F0);
      m = meridian(b, n, lat);
    } while (Math.abs(northing - N0 - m) >= 1e-5);
    const sin2 = Math.sin(lat) ** 2, nu = (a * F0) / Math.sqrt(1 - e2 * sin2);
    const rho = (a * F0 * (1 - e2)) / (1 - e2 * sin2) ** 1.5, eta2 = nu / rho - 1;
    const t = Math.tan(lat), sec = 1 / Math.cos(lat), d = e - E0;
    const phi = lat - (t / (2 * rho * nu)) * d ** 2
      + (t / (24 * rho * nu ** 3)) * (5 + 3 * t ** 2 + eta2 - 9 * t ** 2 * eta2) * d ** 4
      - (t / (720 * rho * nu ** 5)) * (61 + 90 * t ** 2 + 45 * t ** 4) * d ** 6;
    const lambda = LON0 + (sec / nu) * d - (sec / (6 * nu ** 3)) * (nu / rho + 2 * t ** 2) * d ** 3
      + (sec / (120 * nu ** 5)) * (5 + 28 * t ** 2 + 24 * t ** 4) * d ** 5;
    return shift(phi, lambda);
  }

  function shift(phi, lambda) {
    const { a, b } = AIRY, e2 = 1 - (b / a) ** 2, nu = a / Math.sqrt(1 - e2 * Math.sin(phi) ** 2);
    const x = nu * Math.cos(phi) * Math.cos(lambda), y = nu * Math.cos(phi) * Math.sin(lambda);
    const z = (1 - e2) * nu * Math.sin(phi);
    const s = 1 - 20.4894e-6, sec = RAD / 3600, rx = 0.1502 * sec, ry = 0.247 * sec, rz = 0.8421 * sec;
    const X = 446.448 + s * x - rz * y + ry * z, Y = -125.157 + rz * x + s * y - rx * z;
    const Z = 542.06 - ry * x + rx * y + s * z;
    const w2 = 1 - (WGS84.b / WGS84.a) ** 2, p = Math.hypot(X, Y);
    let lat = Math.atan2(Z, p * (1 - w2));
    for (let i = 0; i < 6; i += 1) {
      const v = WGS84.a / Math.sqrt(1 - w2 * Math.sin(lat) ** 2);
      lat = Math.atan2(Z + w2 * v * Math.sin(lat), p);
    }
    return [lat / RAD, Math.atan2(Y, X) / RAD];
  }

  return { parse, toLatLng };
})();
