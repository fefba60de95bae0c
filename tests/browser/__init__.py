"""The screens, as somebody uses them: real Chromium on a running hub."""
