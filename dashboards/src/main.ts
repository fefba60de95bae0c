import { mount } from "svelte";
import App from "./App.svelte";
import "./tokens.css";
import "./base.css";

const target = document.getElementById("app");
// A tablet at a room's door, or a screen on a wall, has no session and nothing to go to: its page stands alone.
if (target && location.pathname === "/tablet") import("./tablet/device.ts").then(({ open }) => open(target));
else if (target) mount(App, { target });
