"""Colours: Stata's names as red, green and blue, with intensity (`navy*.5`) and opacity (`navy%40`)."""

from __future__ import annotations

NAMED: dict[str, tuple[int, int, int]] = {
    "black": (0, 0, 0),
    "white": (255, 255, 255),
    "red": (255, 0, 0),
    "green": (0, 128, 0),
    "blue": (0, 0, 255),
    "yellow": (255, 255, 0),
    "cyan": (0, 255, 255),
    "magenta": (255, 0, 255),
    "lime": (0, 255, 0),
    "orange": (255, 127, 0),
    "pink": (255, 0, 128),
    "purple": (128, 0, 128),
    "brown": (156, 136, 71),
    "navy": (26, 71, 111),
    "maroon": (144, 53, 59),
    "forest_green": (85, 117, 47),
    "dkgreen": (85, 117, 47),
    "dkorange": (227, 126, 0),
    "teal": (110, 142, 132),
    "cranberry": (193, 5, 52),
    "lavender": (147, 141, 210),
    "khaki": (202, 194, 126),
    "sienna": (160, 82, 45),
    "emidblue": (123, 146, 168),
    "emerald": (45, 109, 102),
    "erose": (191, 161, 156),
    "gold": (255, 210, 0),
    "bluishgray": (217, 230, 235),
    "bluishgray8": (229, 236, 239),
    "ltbluishgray": (234, 242, 243),
    "ltbluishgray8": (243, 247, 248),
    "dkgray": (64, 64, 64),
    "dimgray": (105, 105, 105),
    "gray": (128, 128, 128),
    "grey": (128, 128, 128),
    "ltblue": (173, 216, 230),
    "midblue": (0, 114, 240),
    "eltblue": (130, 192, 233),
    "ebblue": (0, 139, 188),
    "edkblue": (62, 100, 125),
    "dknavy": (30, 45, 83),
    "midgreen": (80, 160, 80),
    "eltgreen": (198, 211, 223),
    "emidgreen": (130, 170, 140),
    "olive": (128, 128, 0),
    "olive_teal": (192, 220, 192),
    "mint": (163, 214, 176),
    "ltkhaki": (224, 218, 175),
    "sand": (248, 219, 165),
    "sandb": (222, 196, 144),
    "sunflowerlime": (200, 214, 40),
    "stone": (215, 210, 158),
    "rose": (255, 128, 128),
    "eggshell": (255, 250, 235),
    "edkbg": (198, 211, 223),
    "sky": (86, 180, 233),
    "turquoise": (0, 158, 115),
    "vermillion": (213, 94, 0),
    "reddish": (204, 121, 167),
} | {f"gs{i}": (min(255, 16 * i), min(255, 16 * i), min(255, 16 * i)) for i in range(17)}

CLEAR = "#00000000"


def hexadecimal(red: float, green: float, blue: float, opacity: float = 1.0) -> str:
    """Return `#rrggbbaa` of components from 0 to 255 and an opacity from 0 to 1."""
    parts = [*(min(255, max(0, round(part))) for part in (red, green, blue)), round(255 * opacity)]
    return "#" + "".join(f"{part:02x}" for part in parts)


def with_opacity(color: str, opacity: float) -> str:
    """Return a colour with another opacity."""
    return f"{color[:7]}{round(255 * min(1.0, max(0.0, opacity))):02x}"


def intensified(color: str, intensity: float) -> str:
    """Return a colour nearer to white (intensity below 1) or to black (above 1)."""
    red, green, blue = (_intensified(int(color[i : i + 2], 16), intensity) for i in (1, 3, 5))
    return hexadecimal(red, green, blue, int(color[7:9], 16) / 255)


def _intensified(part: int, intensity: float) -> float:
    return 255 - (255 - part) * max(0.0, intensity) if intensity <= 1 else part / intensity


def readable_on(color: str) -> str:
    """Return black or white, which of them is easier to read on a colour (by its relative luminance)."""
    red, green, blue = ((int(color[i : i + 2], 16) / 255) ** 2.2 for i in (1, 3, 5))
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "#000000ff" if luminance > 0.4 else "#ffffffff"


_RAMP = ("#440154ff", "#3b528bff", "#21918cff", "#5ec962ff", "#fde725ff")
"""From dark to light in equal steps of lightness, told apart with any colour vision (viridis)."""


def ramp(count: int, start: str = "", end: str = "", rule: str = "") -> tuple[str, ...]:
    """Return colours in even steps, our own or from `start` to `end`.

    `rule`: `linear` in red, green and blue; `hue` and `chue` around the circle of hues (chue the other way);
    `intensity`: `end`, ever stronger.
    """
    shares = [i / (count - 1) if count > 1 else 0.5 for i in range(count)]
    if not (start or end or rule):
        return tuple(_between(_RAMP, share) for share in shares)
    first, last = start or "#0000ffff", end or "#ff0000ff"
    if rule == "intensity":
        return tuple(intensified(last, 0.15 + 0.85 * share) for share in shares)
    if rule in ("hue", "chue"):
        return tuple(_around(first, last, share, rule == "chue") for share in shares)
    return tuple(_between((first, last), share) for share in shares)


def _between(colors: tuple[str, ...], share: float) -> str:
    place = share * (len(colors) - 1)
    i = min(int(place), len(colors) - 2)
    parts = [
        int(colors[i][j : j + 2], 16) * (1 - place + i) + int(colors[i + 1][j : j + 2], 16) * (place - i)
        for j in (1, 3, 5)
    ]
    return hexadecimal(*parts)


def _around(start: str, end: str, share: float, other_way: bool) -> str:
    import colorsys

    (h1, s1, v1), (h2, s2, v2) = (
        colorsys.rgb_to_hsv(*(int(color[j : j + 2], 16) / 255 for j in (1, 3, 5))) for color in (start, end)
    )
    turn = h2 - h1
    if other_way:
        turn += 1 if turn <= 0 else -1
    hue = (h1 + share * turn) % 1.0
    parts = colorsys.hsv_to_rgb(hue, s1 + share * (s2 - s1), v1 + share * (v2 - v1))
    return hexadecimal(*(255 * part for part in parts))


def color_of(text: str, foreground: str = "#000000ff", background: str = "#ffffffff") -> str | None:
    """Return `#rrggbbaa` of a colour as typed; None when there is no such colour.

    A name, `"r g b"`, `#rrggbb`, `hsv h s v`, `cmyk c m y k`, `none`, `fg`, `bg`, each maybe followed by `*`
    and an intensity and `%` and an opacity in per cent.
    """
    rest, _, opacity = text.strip().partition("%")
    name, _, intensity = rest.partition("*")
    base = _base(name.strip().lower(), foreground, background)
    try:
        if base is None:
            return None
        if intensity:
            base = intensified(base, float(intensity))
        return with_opacity(base, float(opacity) / 100) if opacity else base
    except ValueError:
        return None


def _base(name: str, foreground: str, background: str) -> str | None:
    if name in NAMED:
        return hexadecimal(*NAMED[name])
    if name in ("fg", "foreground"):
        return foreground
    if name in ("bg", "background"):
        return background
    if name in ("none", "invisible"):
        return CLEAR
    try:
        if name.startswith("#"):
            return hexadecimal(*(int(name[i : i + 2], 16) for i in (1, 3, 5))) if len(name) == 7 else None
        return _components(name.replace(",", " ").split())
    except ValueError:
        return None


def _components(words: list[str]) -> str | None:
    """Return the colour of `r g b`, `rgb r g b`, `hsv h s v` or `cmyk c m y k` (also four bare numbers)."""
    model = words[0] if words and words[0].isalpha() else {3: "rgb", 4: "cmyk"}.get(len(words), "")
    numbers = [float(word) for word in words if not word.isalpha()]
    if model == "rgb" and len(numbers) == 3:
        return hexadecimal(*numbers)
    if model == "cmyk" and len(numbers) == 4:
        largest = 255.0 if max(numbers) > 1 else 1.0
        c, m, y, k = (number / largest for number in numbers)
        return hexadecimal(*(255 * (1 - part) * (1 - k) for part in (c, m, y)))
    if model == "hsv" and len(numbers) == 3:
        import colorsys

        red, green, blue = colorsys.hsv_to_rgb(numbers[0] % 360 / 360, *numbers[1:])
        return hexadecimal(255 * red, 255 * green, 255 * blue)
    return None
