// SPDX-License-Identifier: MIT
// An enumerator without a row in a table of printed words is refused: the compiler's message names the enumerator.
// expect g++: In instantiation of .struct cardfit::detail::row_exists<form::oam>
// expect g++: error: static assertion failed: this enumerator has no row
// expect clang: error: static_assert failed due to requirement 'value' "this enumerator has no row"
// expect clang: in instantiation of template class 'cardfit::detail::row_exists<form::oam>'
#include <cardfit/hardware/card_terms.hpp>
enum class form : unsigned char { pcie, sxm, oam };
constexpr cardfit::printed_word<form> words[]{
    {form::pcie, "PCIe"},
    {form::sxm, "SXM"},
#ifndef CARDFIT_FAIL
    {form::oam, "OAM"},
#endif
};
static_assert(cardfit::detail::one_row_per_enumerator<words>);
