"""What the compiled warp does to eight pixels at once, as LLVM instructions: Numba has no names for them.

Arrays are flat and uint16. Eight numbers beside each other are one pixel of eight pictures, or eight pixels of one.
"""

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

LANES = 8

_INDEX, _SINGLE = ir.IntType(64), ir.FloatType()
_SHORTS, _LONGS, _SINGLES = (ir.VectorType(kind, LANES) for kind in (ir.IntType(16), ir.IntType(32), _SINGLE))


@intrinsic
def fma(_typing: Any, a: Any, b: Any, c: Any) -> tuple[Any, Callable[..., Any]]:
    """``a * b + c``, rounded once."""
    return types.float32(a, b, c), lambda _context, builder, _signature, args: builder.fma(*args)


@intrinsic
def turned(_typing: Any, source: Any, start: Any, step: Any, target: Any, place: Any, pace: Any, flip: Any) -> Any:
    """Eight rows of eight, ``step`` apart from ``source[start]`` on, as columns: rows ``pace`` apart from
    ``target[place]`` on. The bits of ``flip`` are turned on the way."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        _, start, step, _, place, pace, flip = args
        rows = [
            _load(builder, _at(context, builder, signature, args, 0, _nth(builder, start, step, n))) for n in range(8)
        ]
        for _ in range(3):  # a perfect shuffle of the rows, three times, is the transpose
            pairs = zip(rows[:4], rows[4:], strict=True)
            rows = [_shuffled(builder, low, high, half) for low, high in pairs for half in (0, 4)]
        mask = _spread(builder, flip, _SHORTS)
        for n, row in enumerate(rows):
            where = _at(context, builder, signature, args, 3, _nth(builder, place, pace, n))
            builder.store(builder.xor(row, mask), where, align=2)
        return context.get_dummy_value()

    return types.void(source, types.intp, types.intp, target, types.intp, types.intp, types.uint16), generate


@intrinsic
def mixed(_typing: Any, source: Any, high: Any, low: Any, across: Any, down: Any, target: Any, place: Any) -> Any:
    """Pixel ``place`` of ``target``: between pixels ``high`` and ``high + 1`` of ``source`` by the share ``across``,
    and so for ``low``; between these two by the share ``down``; rounded to even. The sums are OpenCV's, bit for bit."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        _, high, low, across, down, _, place = args
        eight, one = ir.Constant(_INDEX, LANES), ir.Constant(_INDEX, 1)

        def pixel(number: Any) -> Any:
            where = _at(context, builder, signature, args, 0, builder.mul(number, eight))
            return builder.sitofp(builder.zext(_load(builder, where), _LONGS), _SINGLES)

        def between(one_end: Any, other: Any, share: Any) -> Any:
            return _call(builder, "fma", share, builder.fsub(other, one_end), one_end)

        across, down = (_spread(builder, share, _SINGLES) for share in (across, down))
        upper, lower = (between(pixel(n), pixel(builder.add(n, one)), across) for n in (high, low))
        value = builder.fptosi(_call(builder, "rint", between(upper, lower, down)), _LONGS)
        where = _at(context, builder, signature, args, 5, builder.mul(place, eight))
        builder.store(builder.trunc(value, _SHORTS), where, align=2)
        return context.get_dummy_value()

    signature = types.void(source, types.intp, types.intp, types.float32, types.float32, target, types.intp)
    return signature, generate


def _at(context: Any, builder: Any, signature: Any, args: Any, number: int, place: Any) -> Any:
    """A pointer to eight numbers of the array that is argument ``number``."""
    data = context.make_array(signature.args[number])(context, builder, args[number]).data
    return builder.bitcast(builder.gep(data, [place]), _SHORTS.as_pointer())


def _nth(builder: Any, start: Any, step: Any, number: int) -> Any:
    return builder.add(start, builder.mul(step, ir.Constant(_INDEX, number)))


def _load(builder: Any, where: Any) -> Any:
    return builder.load(where, align=2)


def _shuffled(builder: Any, low: Any, high: Any, half: int) -> Any:
    """Four of each in turn."""
    order = [lane for n in range(half, half + 4) for lane in (n, n + LANES)]
    return builder.shuffle_vector(low, high, ir.Constant(_LONGS, order))


def _spread(builder: Any, value: Any, kind: Any) -> Any:
    one = builder.insert_element(ir.Constant(kind, ir.Undefined), value, ir.Constant(ir.IntType(32), 0))
    return builder.shuffle_vector(one, one, ir.Constant(_LONGS, [0] * LANES))


def _call(builder: Any, name: str, *values: Any) -> Any:
    kind = ir.FunctionType(_SINGLES, [_SINGLES] * len(values))
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, f"llvm.{name}.v8f32"), values)
