// SPDX-License-Identifier: MIT
// Tests what is cut from the ends of a text. The mark is U+FEFF in UTF-8 (RFC 3629, section 6).

#include <cardfit/io/text_edges.hpp>

using namespace cardfit::io;

static_assert(trimmed(" \t a b\r\n") == "a b");
static_assert(trimmed("a") == "a");
static_assert(trimmed(" \r\n").empty());
static_assert(trimmed("").empty());
static_assert(trimmed(" a\r", " \t") == "a\r");

static_assert(without_byte_order_mark("\xEF\xBB\xBF[1]") == "[1]");
static_assert(without_byte_order_mark("\xEF\xBB[1]") == "\xEF\xBB[1]");
static_assert(without_byte_order_mark("[1]\xEF\xBB\xBF") == "[1]\xEF\xBB\xBF");
static_assert(without_byte_order_mark("").empty());
