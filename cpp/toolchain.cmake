# Finds a C++20 compiler with OpenMP, or stops with one sentence that says what to do.
include(CheckLanguage)

# check_language() asks without failing, but believes a compiler that was named with -D.
if(DEFINED CMAKE_CXX_COMPILER AND NOT IS_ABSOLUTE "${CMAKE_CXX_COMPILER}")
  find_program(GBENGINE_NAMED_COMPILER "${CMAKE_CXX_COMPILER}")
  if(NOT GBENGINE_NAMED_COMPILER)
    set(GBENGINE_MISSING_COMPILER "${CMAKE_CXX_COMPILER}")
  endif()
elseif(DEFINED CMAKE_CXX_COMPILER AND NOT EXISTS "${CMAKE_CXX_COMPILER}")
  set(GBENGINE_MISSING_COMPILER "${CMAKE_CXX_COMPILER}")
elseif(NOT DEFINED CMAKE_CXX_COMPILER)
  set(CMAKE_MESSAGE_LOG_LEVEL ERROR)  # no log of the search; the sentence below is all there is to say
  check_language(CXX)
  unset(CMAKE_MESSAGE_LOG_LEVEL)
  if(NOT CMAKE_CXX_COMPILER)
    set(GBENGINE_MISSING_COMPILER "$ENV{CXX}")
    unset(CMAKE_CXX_COMPILER CACHE)  # so that the next try looks again
  endif()
endif()
if(DEFINED GBENGINE_MISSING_COMPILER)
  if(GBENGINE_MISSING_COMPILER)
    set(GBENGINE_WHICH " (CXX is '${GBENGINE_MISSING_COMPILER}', which does not work)")
  endif()
  message(FATAL_ERROR
    "gbengine needs a C++20 compiler and found none${GBENGINE_WHICH}: install g++ 11 or clang 14 or "
    "newer (Debian, Ubuntu: apt install g++; Fedora: dnf install gcc-c++; macOS: xcode-select "
    "--install) and try again.")
endif()
enable_language(CXX)

set(GBENGINE_OLDEST_GNU 11)
set(GBENGINE_OLDEST_Clang 14)
set(GBENGINE_OLDEST_AppleClang 14)
if(NOT DEFINED GBENGINE_OLDEST_${CMAKE_CXX_COMPILER_ID})
  message(FATAL_ERROR
    "gbengine builds with g++ or clang; ${CMAKE_CXX_COMPILER} is ${CMAKE_CXX_COMPILER_ID}: "
    "set CXX=g++ or CXX=clang++ and try again.")
elseif(CMAKE_CXX_COMPILER_VERSION VERSION_LESS ${GBENGINE_OLDEST_${CMAKE_CXX_COMPILER_ID}})
  message(FATAL_ERROR
    "gbengine needs a C++20 compiler: ${CMAKE_CXX_COMPILER} is ${CMAKE_CXX_COMPILER_ID} "
    "${CMAKE_CXX_COMPILER_VERSION}, the oldest that works is "
    "${GBENGINE_OLDEST_${CMAKE_CXX_COMPILER_ID}}; name a newer one with CXX=... and try again.")
endif()

find_package(OpenMP QUIET COMPONENTS CXX)
if(NOT OpenMP_CXX_FOUND)
  message(FATAL_ERROR
    "gbengine needs OpenMP, which ${CMAKE_CXX_COMPILER} does not offer: install its library (for "
    "clang on Debian, Ubuntu: apt install libomp-dev; macOS: brew install libomp; g++ brings its "
    "own) and try again.")
endif()
