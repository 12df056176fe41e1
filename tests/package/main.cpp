// SPDX-License-Identifier: MIT
#include <cardfit/cardfit.hpp>

static_assert(cardfit::parameters(cardfit::models::gpt2) == 124'439'808);

int main() { return cardfit::fits(cardfit::models::gpt2, {.sequence_length = 1024}, cardfit::cards::rtx_4090) ? 0 : 1; }
