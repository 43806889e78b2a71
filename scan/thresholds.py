"""Where empty ends and marked begins: the one place to read or change the limits."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Limits between empty, trace, faint and marked, as ink above empty bubbles.

    Found on 1,108 marks of real people laid over our forms, and on simulated
    ones (`bench.accuracy`). A person is asked about everything between
    empty and marked that could be an answer.

    Attributes
    ----------
    ask_below
        A person is asked about every answer that is less probable than this. The one
        setting to ask more, or less; no value of it makes the reader guess which of two
        marks counts or what an unusual mark means.
    trace_fill, trace_peak, trace_around, trace_outline
        From here on a bubble is not surely empty: ink inside, its darkest spot,
        ink outside the outline, loss of the outline. Noisy pages raise them.
    bare_outline
        So much loss of the outline alone, without any ink, is a trace.
    faint_fill, faint_peak
        From here on a trace beside a sure mark could be a second answer.
    marked_fill, marked_peak
        A sure mark where the page shows no pen to compare with. A pencil line of
        1 mm across the bubble fills 0.2.
    light_fill, light_peak
        The least that a sure mark has on a page of steadily light marks.
    pen_fill_share, pen_peak_share
        A sure mark has this share of the page's usual ink and darkness.
    unlike_fill
        A mark with so many times the page's usual ink means something else.
    most_fill
        No mark needs more ink than this to be sure, however full the others are.
    blot_share, blot_around
        A blot or stain has this share of its ink outside the outline, or this much.
    flat_share, dim_share
        A rubbed-out or stained bubble is as even as this against its peak, and darker
        marks than it by this share are the page's own.
    tail_fill_share, tail_around_share
        A mark with less of the page's usual ink than this share, and this share of its
        own outside the outline, may be the end of a line that belongs to another row.
    long_tail_share, long_tail_around
        A fuller one may be too, if it plainly crosses the outline.
    joined_share
        A line that joins a mark with the one above or below has this share of its darkness all
        the way; the ends of such lines have nearly all of it.
    rival_share
        A second trace with less of the sure mark's ink is a slip or an erasure.
    speck_fill, speck_peak_share, speck_extent
        On a page with a plain pen a spot with no more ink, less than this share of the
        usual darkness, and no more ink than this for its darkness, is dust or a slip: a
        light stroke has twice the extent.
    solid_share, solid_fill
        From these on a bubble is surely filled: evenness against its peak, and ink.
    open_page, open_evenness
        Share of crosses and ticks, or usual evenness of the marks, that make a page
        one of crosses and ticks.
    corrected_share, corrected_fill
        The answer of a correction is this dark compared with what was withdrawn, and
        what was withdrawn has so many times its ink.
    ring_around, ring_outline
        A ring drawn around a bubble: ink outside the outline and loss of it.
    ring_plain
        With so much ink outside and none inside it is one whatever the outline.
    flat_paper
        Where the outlines vary more than this, paper is crumpled or photographed:
        light marks are then not told from creases.
    weakest
        Blanks are sure if the page's marks are this many times a trace.
    witness_least, witness_least_blank
        With smaller log-odds a second witness objects to a mark or a blank that the rules
        accept: in the in-spec campaign to one readable row in 2,000.
    witness_sure, witness_sure_odd, witness_sure_too
        From these log-odds on it may settle what the rules doubt; whether a mark is one that is
        much lighter than the others of its page, or otherwise unlike them (so sure it must be
        too of what the rules accept and may be the edge of a stain); and what the rules
        too have nothing against, but are not sure enough of.
    """

    ask_below: float = 0.9995
    trace_fill: float = 0.008
    trace_peak: float = 0.045
    trace_around: float = 0.02
    trace_outline: float = 0.03
    bare_outline: float = 0.07
    faint_fill: float = 0.018
    faint_peak: float = 0.16
    marked_fill: float = 0.05
    marked_peak: float = 0.20
    light_fill: float = 0.016
    light_peak: float = 0.08
    pen_fill_share: float = 0.45
    pen_peak_share: float = 0.42
    unlike_fill: float = 2.6
    most_fill: float = 0.25
    blot_share: float = 0.30
    blot_around: float = 0.25
    flat_share: float = 0.60
    dim_share: float = 0.60
    tail_fill_share: float = 0.58
    tail_around_share: float = 0.10
    long_tail_share: float = 0.70
    long_tail_around: float = 0.02
    joined_share: float = 0.40
    rival_share: float = 0.30
    speck_fill: float = 0.010
    speck_peak_share: float = 0.35
    speck_extent: float = 0.08
    solid_share: float = 0.40
    solid_fill: float = 0.20
    open_page: float = 0.75
    open_evenness: float = 0.15
    corrected_share: float = 0.43
    corrected_fill: float = 1.7
    ring_around: float = 0.014
    ring_outline: float = 0.035
    ring_plain: float = 0.045
    flat_paper: float = 0.015
    weakest: float = 3.0
    witness_least: float = 3.0
    witness_least_blank: float = 1.0
    witness_sure: float = 6.0
    witness_sure_odd: float = 8.0
    witness_sure_too: float = 4.0
