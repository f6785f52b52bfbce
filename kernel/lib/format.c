/* SPDX-License-Identifier: MIT
 * format.c - printf-style formatting into a bounded buffer.
 * Not here: where the text goes (printk), floating point.
 * Used by printk, panic and all that build a text. Calls nothing but string.h.
 * Source: C11 7.21.6.1. Behaves as Linux's %pI4 and %pM. */
#include "kernel/lib/format.h"
#include "kernel/lib/string.h"

struct out {
	char *at, *end; /* end: where the closing zero must fit */
};

struct spec {
	bool zero, left, is_signed, upper;
	int width, precision, longs; /* precision < 0: none */
};

static void put(struct out *out, char c)
{
	if (out->at < out->end)
		*out->at++ = c;
}

static void put_padded(struct out *out, const struct spec *spec, const char *s, size_t len)
{
	int pad = spec->width - (int)len;

	for (; !spec->left && pad > 0; pad--)
		put(out, ' ');
	while (len-- > 0)
		put(out, *s++);
	for (; pad > 0; pad--)
		put(out, ' ');
}

static void put_number(struct out *out, const struct spec *spec, u64 value, u64 base)
{
	char digits[24];
	char *p = digits + sizeof(digits);
	bool negative = spec->is_signed && (s64)value < 0;
	struct spec field = *spec;

	if (negative)
		value = 0 - value;
	do {
		*--p = (spec->upper ? "0123456789ABCDEF" : "0123456789abcdef")[value % base];
		value /= base;
	} while (value);
	if (spec->zero && negative) {
		put(out, '-');
		negative = false;
		field.width--;
	}
	while (spec->zero && digits + sizeof(digits) - p < min(field.width, (int)sizeof(digits)))
		*--p = '0';
	if (negative)
		*--p = '-';
	put_padded(out, &field, p, (size_t)(digits + sizeof(digits) - p));
}

static void put_bytes(struct out *out, const u8 *bytes, int n, char separator, u64 base)
{
	struct spec spec = { .zero = base == 16, .width = base == 16 ? 2 : 0, .precision = -1 };

	for (int i = 0; i < n; i++) {
		if (i > 0)
			put(out, separator);
		put_number(out, &spec, bytes[i], base);
	}
}

/* Returns what follows the conversion: "I4" and "M" belong to it. */
static const char *put_pointer(struct out *out, struct spec *spec, const char *fmt, const void *p)
{
	if (fmt[0] == 'I' && fmt[1] == '4') {
		put_bytes(out, p, 4, '.', 10);
		return fmt + 2;
	}
	if (fmt[0] == 'M') {
		put_bytes(out, p, 6, ':', 16);
		return fmt + 1;
	}
	spec->zero = true;
	spec->width = 16;
	put_number(out, spec, (uintptr_t)p, 16);
	return fmt;
}

static const char *parse_spec(const char *fmt, struct spec *spec, va_list *args)
{
	*spec = (struct spec){ .precision = -1 };
	for (; *fmt == '0' || *fmt == '-'; fmt++) {
		spec->zero |= *fmt == '0';
		spec->left |= *fmt == '-';
	}
	if (*fmt == '*') {
		spec->width = va_arg(*args, int);
		fmt++;
	}
	for (; *fmt >= '0' && *fmt <= '9'; fmt++)
		spec->width = spec->width * 10 + (*fmt - '0');
	if (fmt[0] == '.' && fmt[1] == '*') {
		spec->precision = va_arg(*args, int);
		fmt += 2;
	}
	for (; *fmt == 'l' || *fmt == 'z'; fmt++)
		spec->longs++;
	return fmt;
}

static u64 next_integer(const struct spec *spec, va_list *args)
{
	if (spec->longs)
		return va_arg(*args, u64);
	if (spec->is_signed)
		return (u64)(s64)va_arg(*args, int);
	return va_arg(*args, unsigned int);
}

static void put_string(struct out *out, const struct spec *spec, const char *s)
{
	size_t len;

	if (!s)
		s = "(null)";
	if (spec->precision < 0) {
		len = strlen(s);
	} else {
		const char *zero = memchr(s, 0, (size_t)spec->precision);

		len = zero ? (size_t)(zero - s) : (size_t)spec->precision;
	}
	put_padded(out, spec, s, len);
}

static const char *put_conversion(struct out *out, const char *fmt, va_list *args)
{
	struct spec spec;

	fmt = parse_spec(fmt, &spec, args);
	switch (*fmt++) {
	case 'd':
		spec.is_signed = true;
		put_number(out, &spec, next_integer(&spec, args), 10);
		return fmt;
	case 'u':
		put_number(out, &spec, next_integer(&spec, args), 10);
		return fmt;
	case 'X':
		spec.upper = true;
		__attribute__((fallthrough));
	case 'x':
		put_number(out, &spec, next_integer(&spec, args), 16);
		return fmt;
	case 'c':
		put(out, (char)va_arg(*args, int));
		return fmt;
	case 's':
		put_string(out, &spec, va_arg(*args, const char *));
		return fmt;
	case 'p':
		return put_pointer(out, &spec, fmt, va_arg(*args, const void *));
	case '%':
		put(out, '%');
		return fmt;
	default: /* an unknown conversion shows itself instead of eating what follows */
		put(out, '%');
		return fmt - 1;
	}
}

size_t text_vformat(char *buf, size_t size, const char *fmt, va_list args)
{
	struct out out = { buf, buf + size - 1 };
	va_list copy;

	va_copy(copy, args);
	while (*fmt) {
		if (*fmt == '%')
			fmt = put_conversion(&out, fmt + 1, &copy);
		else
			put(&out, *fmt++);
	}
	va_end(copy);
	*out.at = '\0';
	return (size_t)(out.at - buf);
}

size_t text_format(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	size_t len;

	va_start(args, fmt);
	len = text_vformat(buf, size, fmt, args);
	va_end(args);
	return len;
}
