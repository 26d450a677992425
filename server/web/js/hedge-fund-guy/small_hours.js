// A clock that only knows the small hours: somewhere it is always the middle of the night.

import { byId } from "../dom.js";

const DEAD_OF_NIGHT = 3.2; // o'clock
const CITIES = [
  ["Honolulu", "Pacific/Honolulu"],
  ["Anchorage", "America/Anchorage"],
  ["Los Angeles", "America/Los_Angeles"],
  ["Denver", "America/Denver"],
  ["Chicago", "America/Chicago"],
  ["New York", "America/New_York"],
  ["Santiago", "America/Santiago"],
  ["São Paulo", "America/Sao_Paulo"],
  ["Noronha", "America/Noronha"],
  ["the Azores", "Atlantic/Azores"],
  ["London", "Europe/London"],
  ["Frankfurt", "Europe/Berlin"],
  ["Johannesburg", "Africa/Johannesburg"],
  ["Riyadh", "Asia/Riyadh"],
  ["Dubai", "Asia/Dubai"],
  ["Karachi", "Asia/Karachi"],
  ["Mumbai", "Asia/Kolkata"],
  ["Dhaka", "Asia/Dhaka"],
  ["Bangkok", "Asia/Bangkok"],
  ["Singapore", "Asia/Singapore"],
  ["Tokyo", "Asia/Tokyo"],
  ["Sydney", "Australia/Sydney"],
  ["Nouméa", "Pacific/Noumea"],
  ["Auckland", "Pacific/Auckland"],
];

export function mountSmallHours() {
  const box = byId("small-hours");
  const [time, place] = box.children;
  const show = () => {
    const now = new Date();
    const night = nightAt(now);
    time.textContent = night.time;
    place.textContent = `in ${night.city}`;
    box.hidden = false;
    setTimeout(show, 60_000 - (now.getTime() % 60_000));
  };
  show();
}

/** The city where it is the deadest of the night at that moment, and the time there. */
export function nightAt(moment) {
  const nights = CITIES.map(([city, zone]) => {
    const time = timeIn(zone, moment);
    const [hour, minute] = time.split(":").map(Number);
    const apart = Math.abs(hour + minute / 60 - DEAD_OF_NIGHT);
    return { city, time, apart: Math.min(apart, 24 - apart) };
  });
  return nights.reduce((deadest, night) => (night.apart < deadest.apart ? night : deadest));
}

function timeIn(timeZone, moment) {
  return new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit" }).format(moment);
}
