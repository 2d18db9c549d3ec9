"""A page is drawn with the first font that the system's library finds."""

import ctypes

library = ctypes.CDLL("libfontconfig.so.1")
library.FcNameParse.restype = library.FcFontMatch.restype = ctypes.c_void_p
library.FcNameParse.argtypes = [ctypes.c_char_p]
library.FcFontMatch.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]
library.FcNameUnparse.argtypes = [ctypes.c_void_p]
library.FcNameUnparse.restype = ctypes.c_char_p
wanted = library.FcNameParse(b"sans-serif")
library.FcConfigSubstitute(None, ctypes.c_void_p(wanted), 0)
library.FcDefaultSubstitute(ctypes.c_void_p(wanted))
found = library.FcFontMatch(None, wanted, ctypes.byref(ctypes.c_int()))
print(library.FcNameUnparse(found).decode()[:60])
