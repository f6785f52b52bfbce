# SPDX-License-Identifier: MIT
"""picture.py - docs/road.svg: the layers that a datagram passes, as a map of two lines.

Not here: which layers there are (road.toml); writing and checking the file (readme.py). Calls nothing.
The full line is a flow's first datagram, the dashed one those that follow.
"""
from html import escape

WIDTH, HEIGHT = 1000, 330
LEFT, STEP, ROWS = 76, 136, (100, 232)      # the first station, the distance to the next, the two rows
PER_ROW = 7
RADIUS = 11
FIRST, AGAIN, INK, PALE, PAPER = "#2563a8", "#d9730d", "#1c2530", "#5b6673", "#ffffff"
SHORT = {"program and libc (ring 3)": "program (ring 3)"}


def place(number):
    """Where a station lies: the first row from left to right, the second one back."""
    row, column = divmod(number, PER_ROW)
    return LEFT + STEP * (PER_ROW - 1 - column if row else column), ROWS[row]


def text(x, y, words, size, colour, extra=""):
    """Words centred at x, on a rim of paper that keeps lines away from them."""
    return (f'<text x="{x}" y="{y}" font-size="{size}" fill="{colour}" text-anchor="middle" '
            f'stroke="{PAPER}" stroke-width="5" paint-order="stroke"{extra}>{escape(words)}</text>')


def line(path, colour, extra=""):
    """A stroke along a path."""
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="5"{extra}/>'


def station(number, stop):
    """A circle with its number, the layer above it, the function that is entered below."""
    x, y = place(number)
    function = stop["functions"][0]
    yield (f'<circle cx="{x}" cy="{y}" r="{RADIUS}" fill="{PAPER}" stroke="{FIRST}" '
           'stroke-width="3"/>')
    yield text(x, y + 4, str(number + 1), 11, INK, ' font-weight="bold"')
    yield text(x, y - 21, SHORT.get(stop["name"], stop["name"]), 13, INK, ' font-weight="bold"')
    yield text(x, y + 32, function, 10, PALE, ' font-family="monospace"')


def lines(stops):
    """The full line through all stations, and the dashed one from each that is `cached` to the next."""
    (left, top), (right, _), (_, low) = place(0), place(PER_ROW - 1), place(PER_ROW)
    bend = (low - top) // 2
    yield line(f"M{left} {top}H{right}a{bend} {bend} 0 0 1 0 {low - top}H{place(len(stops) - 1)[0]}", FIRST)
    cached = [place(number) for number, stop in enumerate(stops) if stop.get("cached")]
    for (x, y), (to_x, to_y) in zip(cached, cached[1:]):
        bends = f"{x - 60} {y + 90} {to_x + 60} {to_y + 90}" if y == to_y else \
            f"{x + 20} {y + 70} {to_x - 50} {to_y - 80}"
        yield line(f"M{x} {y}C{bends} {to_x} {to_y}", AGAIN, ' stroke-dasharray="9 6"')


def svg(stops):
    """The picture, line by line."""
    yield (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
           'font-family="Helvetica, Arial, sans-serif">')
    yield "<title>The layers a datagram passes from sendto to the doorbell</title>"
    yield f'<rect width="{WIDTH}" height="{HEIGHT}" rx="10" fill="{PAPER}"/>'
    yield text(WIDTH // 2, 34, 'sendto("muffin") to the doorbell of the e1000', 17, INK, ' font-weight="bold"')
    yield from lines(stops)
    for number, stop in enumerate(stops):
        yield from station(number, stop)
    yield text(WIDTH // 2, HEIGHT - 10, "full line: a flow's first datagram; dashed: the ones that follow, "
               "with cached headers", 12, PALE)
    yield "</svg>"
