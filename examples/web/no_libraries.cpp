// SPDX-License-Identifier: MIT

// A page has no shared libraries, so `detect` finds no driver in it. Emscripten's own dlopen would end the program.

extern "C" {

void* dlopen(const char*, int) { return nullptr; }
void* dlsym(void*, const char*) { return nullptr; }
int dlclose(void*) { return 0; }

}  // extern "C"
