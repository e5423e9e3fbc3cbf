"""The pages of the sandbox, in the order a student meets them: portal, hub, school, answer."""
