import { mount } from "svelte";
import App from "./App.svelte";
import "./tokens.css";
import "./base.css";

const target = document.getElementById("app");
// A tablet at a room's door has no session and nothing to go to: its page stands alone.
if (target && location.pathname === "/tablet") import("./tablet/Tablet.svelte").then((page) => mount(page.default, { target }));
else if (target) mount(App, { target });
