// SPDX-License-Identifier: MIT
#include <cardfit/io/input_error.hpp>

// The readers need nlohmann-json, and the target cardfit::io brings it.
int main() { return cardfit::io::missing_key("model", "an id").key == "model" ? 0 : 1; }
