// Signing in, over whatever the page shows: what was typed into it stays there when a sign-in has run out.

import { call } from "../api.js";
import { byId } from "../dom.js";

const AGAIN = "Your sign-in has ended. What you typed is still here.";
const JSON_BODY = { "Content-Type": "application/json" };

export class SignIn {
  /** `onOfficer(officer)` after every sign-in. */
  constructor(onOfficer) {
    this.onOfficer = onOfficer;
    this.officer = null;
    this.dialog = byId("sign-in");
    const elsewhere = document.body.dataset.signIn === "elsewhere";
    byId("sign-in-here").hidden = elsewhere;
    byId("sign-in-elsewhere").hidden = !elsewhere;
    byId("sign-in-elsewhere").addEventListener("click", () => sessionStorage.setItem("esoteric.desk", location.hash));
    this.dialog.addEventListener("cancel", (event) => event.preventDefault());
    byId("sign-in-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
  }

  /** Whoever is signed in already, or the form. */
  async begin() {
    try {
      this.admit(await call("/officers/me"));
    } catch (error) {
      this.ask(error.status === 401 || error.status === 403 ? "" : error.message);
    }
  }

  ask(words = AGAIN) {
    document.body.dataset.signedIn = "no";
    byId("sign-in-wrong").textContent = this.officer ? "" : words;
    byId("sign-in-lead").textContent = this.officer ? AGAIN : "For officers of the lender.";
    if (this.dialog.open) return;
    this.dialog.showModal();
    byId(this.officer ? "password" : "name").focus();
  }

  async submit() {
    const button = byId("sign-in-button");
    if (button.disabled) return;
    button.disabled = true;
    byId("sign-in-wrong").textContent = "";
    const body = JSON.stringify({ name: byId("name").value.trim(), password: byId("password").value });
    try {
      this.admit(await call("/officers/sign-in", { method: "POST", headers: JSON_BODY, body }));
    } catch (error) {
      byId("sign-in-wrong").textContent = error.status === 401 ? "Name or password is wrong." : error.message;
      byId("password").focus();
    }
    byId("password").value = "";
    button.disabled = false;
  }

  admit(officer) {
    this.officer = officer;
    document.body.dataset.signedIn = "yes";
    if (this.dialog.open) this.dialog.close();
    this.onOfficer(officer);
  }

  async leave() {
    await fetch("/api/v1/officers/sign-out", { method: "POST" }).catch(() => null);
    location.replace("/officer");
  }
}
