#include "imgutil.h"
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <stdint.h>
#include <inttypes.h>

#ifdef _MSC_VER
#pragma warning(disable: 4996)
#endif

#pragma pack(push, 1)
typedef struct
{
    uint16_t bfType;
    uint32_t bfSize;
    uint16_t bfReserved1;
    uint16_t bfReserved2;
    uint32_t bfOffBits;
} BmpFileHeader;
#pragma pack(pop)

static const uint8_t pngSignature[8] = { 0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A };

static const uint32_t crcNibble[16] =
{
    0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
    0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
    0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
    0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c
};

uint32_t Crc32(uint32_t crc, const void *data, size_t length)
{
    const uint8_t *bytes = (const uint8_t*)data;

    crc = ~crc;
    while (length--)
    {
        crc ^= *bytes++;
        crc = (crc >> 4) ^ crcNibble[crc & 0x0F];
        crc = (crc >> 4) ^ crcNibble[crc & 0x0F];
    }
    return ~crc;
}

static uint32_t ReadBE32(const uint8_t *p)
{
    return ((uint32_t)p[0] << 24) | ((uint32_t)p[1] << 16) | ((uint32_t)p[2] << 8) | p[3];
}

/// Reads a whole file into memory. The caller must free() the result.
uint8_t *LoadFile(const char *fileName, size_t *outSize)
{
    uint8_t *buffer = NULL;
    long size;
    FILE *file = fopen(fileName, "rb");

    if (!file)
    {
        fprintf(stderr, "Error: could not open file %s\n", fileName);
        return NULL;
    }

    fseek(file, 0, SEEK_END);
    size = ftell(file);
    fseek(file, 0, SEEK_SET);
    if (size > 0 && (buffer = (uint8_t*)malloc((size_t)size)) != NULL)
    {
        if (fread(buffer, 1, (size_t)size, file) != (size_t)size)
        {
            free(buffer);
            buffer = NULL;
        }
        else if (outSize)
            *outSize = (size_t)size;
    }
    fclose(file);
    return buffer;
}

Image *ImageCreate(int width, int height, int channels)
{
    Image *img;

    if (width <= 0 || height <= 0 || channels < 1 || channels > 4)
        return NULL;

    img = (Image*)malloc(sizeof(Image));
    if (!img)
        return NULL;

    img->width    = width;
    img->height   = height;
    img->channels = channels;
    img->stride   = (width * channels + 3) & ~3;    // rows are 4-byte aligned
    img->pixels   = (uint8_t*)calloc(img->height, img->stride);
    if (!img->pixels)
    {
        free(img);
        return NULL;
    }
    return img;
}

void ImageDestroy(Image *img)
{
    if (img)
    {
        free(img->pixels);
        free(img);
    }
}

void ImageFlip(Image *img)
{
    int y;
    uint8_t *tmp = (uint8_t*)malloc(img->stride);

    for (y = 0; y < img->height / 2; y++)
    {
        uint8_t *top = img->pixels + y * img->stride;
        uint8_t *bot = img->pixels + (img->height - 1 - y) * img->stride;
        memcpy(tmp, top, img->stride);
        memcpy(top, bot, img->stride);
        memcpy(bot, tmp, img->stride);
    }
    free(tmp);
}

void ImageToGray(const Image *src, Image *dst)
{
    for (int y = 0; y < src->height; ++y) {
        const uint8_t *s = src->pixels + y * src->stride;
        uint8_t *d = dst->pixels + y * dst->stride;
        for (int x = 0; x < src->width; ++x, s += src->channels)
            d[x] = (uint8_t)((s[0] * 77 + s[1] * 150 + s[2] * 29) >> 8);
    }
}

int PngListChunks(const uint8_t *data, size_t size)
{
    size_t pos = sizeof(pngSignature);
    int count = 0;

    if (size < 8 || memcmp(data, pngSignature, 8) != 0)
        return -1;

    while (pos + 12 <= size)
    {
        uint32_t len = ReadBE32(data + pos);
        uint32_t expected, actual;

        if (len > size - pos - 12)
            break;
        expected = ReadBE32(data + pos + 8 + len);
        actual = Crc32(0, data + pos + 4, len + 4);
        printf("%.4s  offset 0x%08zx  length %" PRIu32 "  crc %s\n",
               (const char*)data + pos + 4, pos, len,
               expected == actual ? "ok" : "BAD");
        count++;
        if (memcmp(data + pos + 4, "IEND", 4) == 0)
            break;
        pos += 12 + len;
    }
    return count;
}

#ifdef _WIN32
LRESULT CALLBACK WndProc(HWND hWnd, UINT message, WPARAM wParam, LPARAM lParam)
{
    switch (message)
    {
        case WM_PAINT:
        {
            PAINTSTRUCT ps;
            HDC hdc = BeginPaint(hWnd, &ps);
            StretchDIBits(hdc, 0, 0, g_image->width, g_image->height,
                          0, 0, g_image->width, g_image->height,
                          g_image->pixels, &g_bmi, DIB_RGB_COLORS, SRCCOPY);
            EndPaint(hWnd, &ps);
            return 0;
        }

        case WM_KEYDOWN:
            if (wParam == VK_ESCAPE)
                PostMessage(hWnd, WM_CLOSE, 0, 0);
            break;

        case WM_DESTROY:
            PostQuitMessage(0);
            return 0;
    }
    return DefWindowProc(hWnd, message, wParam, lParam);
}

int WINAPI WinMain(HINSTANCE hInstance, HINSTANCE hPrevInstance, LPSTR lpCmdLine, int nCmdShow)
{
    MSG msg;
    WNDCLASS wc = { 0 };

    wc.lpfnWndProc   = WndProc;
    wc.hInstance     = hInstance;
    wc.hCursor       = LoadCursor(NULL, IDC_ARROW);
    wc.hbrBackground = (HBRUSH)(COLOR_WINDOW + 1);
    wc.lpszClassName = TEXT("ImageViewer");
    if (!RegisterClass(&wc))
        return -1;

    HWND hWnd = CreateWindow(wc.lpszClassName, TEXT("Viewer"), WS_OVERLAPPEDWINDOW,
                             CW_USEDEFAULT, CW_USEDEFAULT, 640, 480,
                             NULL, NULL, hInstance, NULL);
    ShowWindow(hWnd, nCmdShow);
    while (GetMessage(&msg, NULL, 0, 0) > 0)
    {
        TranslateMessage(&msg);
        DispatchMessage(&msg);
    }
    return (int)msg.wParam;
}
#endif
