"""The shape of a page: its HTML as it was sent, its outline, names, boxes, colours and movement.

What axe does not look at. Each function returns what is wrong, in words.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

import html5lib
from playwright.sync_api import Page

MIN_TARGET: Final = 44
"""CSS pixels; WCAG 2.2 asks for 24, and so do we of what stands in a line of text."""
MIN_BORDER: Final = 3
LINE_SPACING: Final = """
    * { line-height: 1.5 !important; letter-spacing: 0.12em !important;
        word-spacing: 0.16em !important; }
    p { margin-bottom: 2em !important; }
"""
"""What WCAG 1.4.12 lets people set."""

READ_OUTLINE: Final = """() => {
    const all = (selector) => [...document.querySelectorAll(selector)];
    const say = (e) => e.outerHTML.slice(0, 120);
    const words = (text) => text.toLowerCase().replace(/[^\\p{L}\\p{N}]+/gu, " ").trim();
    const wrong = [];
    const levels = all("h1, h2, h3, h4, h5, h6").map((e) => Number(e.tagName[1]));
    if (levels.filter((level) => level === 1).length !== 1 || levels[0] !== 1)
        wrong.push(`levels of headings: ${levels}`);
    levels.forEach((level, i) => {
        if (i && level > levels[i - 1] + 1) wrong.push(`skipped a level: ${levels}`);
    });
    for (const name of ["main", "header", "footer"])
        if (all(name).length !== 1) wrong.push(`${all(name).length} times <${name}>`);
    for (const name of ["aria-labelledby", "aria-describedby", "aria-controls", "for", "list"])
        for (const e of all(`[${name}]`))
            for (const id of e.getAttribute(name).split(/\\s+/))
                if (!document.getElementById(id)) wrong.push(`nothing is ${id}: ${say(e)}`);
    const controls = "a[href], button, input:not([type=hidden], [hidden]), "
        + "select, summary, textarea";
    for (const e of all(controls)) {
        const around = e.parentElement.closest("a[href], button, label");
        if (around && around.tagName !== "LABEL") wrong.push(`inside another: ${say(e)}`);
        if (e.closest("h1, h2, h3, h4, h5, h6")) wrong.push(`in a heading: ${say(e)}`);
        const name = e.getAttribute("aria-label");
        if (name && !words(name).includes(words(e.innerText ?? "")))
            wrong.push(`not called what it reads: ${say(e)}`);
        if (e.matches("input, select, textarea") && !["checkbox", "radio"].includes(e.type)) {
            const label = e.labels?.[0];
            if (!label || !label.innerText.trim()) wrong.push(`no label: ${say(e)}`);
            else if (label.getBoundingClientRect().bottom > e.getBoundingClientRect().top + 1)
                wrong.push(`label not above: ${say(e)}`);
            if (e.placeholder) wrong.push(`placeholder: ${say(e)}`);
            if (e.tagName === "INPUT" && !e.autocomplete) wrong.push(`no autocomplete: ${say(e)}`);
        }
    }
    for (const e of all("[tabindex]")) if (e.tabIndex > 0) wrong.push(`tabindex: ${say(e)}`);
    for (const e of all("[name=school]:not([type=hidden])"))
        if (e.tagName !== "BUTTON" || !e.closest("li, .guest"))
            wrong.push(`not a button in a list: ${say(e)}`);
    if (all("meta[http-equiv=refresh]").length) wrong.push("meta refresh");
    return wrong;
}"""
READ_IDS: Final = "() => [...document.querySelectorAll('[id]')].map((e) => e.id)"

READ_BOXES: Final = """([least, isSpaced]) => {
    const say = (e) => e.outerHTML.replace(/\\s+/g, " ").slice(0, 120);
    const shown = [...document.querySelectorAll("body *")].filter((e) =>
        e.checkVisibility({ visibilityProperty: true })
        && !e.closest(".visually-hidden, .skip-link, svg"));
    const wrong = [];
    for (const e of shown) {
        const style = getComputedStyle(e);
        const isBox = style.display !== "inline" && !e.matches("input, select");
        if (style.textOverflow === "ellipsis") wrong.push(`ellipsis: ${say(e)}`);
        if (isBox && e.scrollWidth > e.clientWidth + 1 && e.clientWidth)
            wrong.push(`${e.scrollWidth} px in ${e.clientWidth} px: ${say(e)}`);
        if (isBox && style.overflowY !== "visible" && e.scrollHeight > e.clientHeight + 1)
            wrong.push(`cut off: ${say(e)}`);
    }
    const blocks = shown.filter((e) => e.matches(
        "a, button, input, select, label, h1, h2, h3, p, summary, .brand") && !e.matches(".clear"));
    const boxes = blocks.map((e) => [...e.getClientRects()]);
    for (let i = 0; i < blocks.length; i++)
        for (let j = i + 1; j < blocks.length; j++) {
            if (blocks[i].contains(blocks[j])) continue;
            const meets = boxes[i].some((a) => boxes[j].some((b) =>
                Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
                && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1));
            if (meets) wrong.push(`overlap: ${say(blocks[i])} and ${say(blocks[j])}`);
        }
    if (isSpaced) return wrong;
    for (const e of shown.filter((e) => e.matches("a, button, input, select, summary"))) {
        const label = e.labels?.[0];
        const [box, around] = [e, label ?? e].map((it) => it.getBoundingClientRect());
        const isInLine = e.tagName === "A" && getComputedStyle(e).display === "inline";
        const height = Math.max(box.height, around.height);
        const isSmall = isInLine ? height < 18 : box.height < 24 || height < least - 0.5;
        if (isSmall || box.width < 24)
            wrong.push(`${box.width} by ${box.height} px: ${say(e)}`);
    }
    return wrong;
}"""
READ_BORDERS: Final = """(least) => {
    const rgb = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
    const light = (text) => {
        const [r, g, b] = rgb(text).map((c) => c / 255)
            .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (element) => {
        for (let e = element.parentElement; e; e = e.parentElement) {
            const colour = getComputedStyle(e).backgroundColor;
            if (rgb(colour)[3] !== 0) return colour;
        }
        return "rgb(255, 255, 255)";
    };
    const fields = "main input:not([type=checkbox], [type=radio], [type=hidden]), main select, "
        + "main .button, main .choice, main li button";
    return [...document.querySelectorAll(fields)].filter((e) => e.checkVisibility()).map((e) => {
        const style = getComputedStyle(e);
        const [a, b] = [light(style.borderTopColor), light(behind(e))].sort((x, y) => y - x);
        const contrast = style.borderTopStyle === "none" || !parseFloat(style.borderTopWidth)
            ? 1 : (a + 0.05) / (b + 0.05);
        const words = `border ${contrast.toFixed(2)}: ${e.outerHTML.slice(0, 120)}`;
        return contrast < least ? words : "";
    }).filter(Boolean);
}"""
READ_MOVEMENT: Final = """() => [
    ...document.getAnimations().map((a) => `animation: ${a.id || a.constructor.name}`),
    ...[...document.querySelectorAll("*")].filter((e) =>
        getComputedStyle(e).transitionDuration.split(",").some((t) => parseFloat(t) > 0))
        .map((e) => `transition: ${e.outerHTML.slice(0, 120)}`),
]"""
SPACE_LINES: Final = """(css) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    document.adoptedStyleSheets = css ? [sheet] : [];
}"""


def check_html(html: str) -> list[str]:
    """Parse the page as it was sent; the parser of a browser would mend the errors silently."""
    parser = html5lib.HTMLParser()
    parser.parse(html)
    lines = html.splitlines()
    return [
        f"HTML {code} at line {line}: {lines[line - 1].strip()[:120]}"
        for (line, _), code, _ in parser.errors
    ]


def check_outline(page: Page) -> list[str]:
    """Headings, landmarks, references, labels and names."""
    wrong: list[str] = page.evaluate(READ_OUTLINE)
    times = Counter(page.evaluate(READ_IDS))
    return [*wrong, *(f"{n} times id {name}" for name, n in times.items() if n > 1)]


def check_boxes(page: Page, *, how: str = "") -> list[str]:
    """Nothing cut off, nothing over something else, and all that is pressed is large enough."""
    found: list[str] = page.evaluate(READ_BOXES, [MIN_TARGET, bool(how)])
    return [f"{text} {how}".strip() for text in found]


def check_line_spacing(page: Page) -> list[str]:
    """Space letters, words and lines as people may set them."""
    page.evaluate(SPACE_LINES, LINE_SPACING)
    wrong = check_boxes(page, how="with spaced lines")
    page.evaluate(SPACE_LINES, "")
    return wrong


def check_borders(page: Page) -> list[str]:
    """What is filled in or pressed has a border that can be seen."""
    found: list[str] = page.evaluate(READ_BORDERS, MIN_BORDER)
    return found


def check_stillness(page: Page) -> list[str]:
    """Nothing moves for who asked for that."""
    page.emulate_media(reduced_motion="reduce")
    found: list[Any] = page.evaluate(READ_MOVEMENT)
    page.emulate_media(reduced_motion="no-preference")
    return [str(text) for text in found]
