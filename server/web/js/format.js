// Figures and dates as customers in India read them. Money stays text: no rounding through floats.

const MONTHS = "January February March April May June July August September October November December".split(" ");

/** `450000` or `"118813.87"` as `₹4,50,000` or `₹1,18,813.87`; paise only where there are some. */
export function rupees(amount) {
  const [whole, fraction = ""] = String(amount).split(".");
  const sign = whole.startsWith("-") ? "-" : "";
  const paise = /[1-9]/.test(fraction) ? `.${fraction.padEnd(2, "0").slice(0, 2)}` : "";
  return `${sign}₹${grouped(whole.replace("-", ""))}${paise}`;
}

/** `"12.00"` or `10.5` as `12%` or `10.5%`. */
export function percent(rate) {
  const text = String(rate);
  return `${text.includes(".") ? text.replace(/\.?0+$/, "") : text}%`;
}

export function months(count) {
  return `${count} ${Number(count) === 1 ? "month" : "months"}`;
}

/** `2026-12-04` as `4 December 2026`, or `4 Dec 2026`. */
export function day(iso, length = "long") {
  const [year, month, date] = iso.split("-").map(Number);
  const name = MONTHS[month - 1];
  return `${date} ${length === "short" ? name.slice(0, 3) : name} ${year}`;
}

/** The time of day of an instant, on this device's clock. */
export function clock(instant) {
  return new Intl.DateTimeFormat("en-IN", { hour: "2-digit", minute: "2-digit", hour12: false }).format(new Date(instant));
}

export function fileSize(bytes) {
  return bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

function grouped(digits) {
  const tail = digits.slice(-3);
  const head = digits.slice(0, -3).replace(/\B(?=(\d{2})+$)/g, ",");
  return head ? `${head},${tail}` : tail;
}
