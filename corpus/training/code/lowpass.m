function [y, info] = lowpass(x, fs, fc, varargin)
%LOWPASS  Filter a signal and plot its spectrum.
%   Y = LOWPASS(X, FS, FC) filters the vector X, sampled at FS Hz, with a
%   windowed-sinc filter whose cutoff frequency is FC Hz.
%
%   See also FILTER, FFT, CONV.

if nargin < 3
    error('lowpass:args', 'Not enough input arguments.');
end
if ~isvector(x) || ~isnumeric(x)
    error('X must be a numeric vector');
end

ntaps = 101;
doplot = false;
for k = 1:2:length(varargin)
    switch lower(varargin{k})
        case 'taps'
            ntaps = varargin{k+1};
        case {'plot', 'show'}
            doplot = logical(varargin{k+1});
        otherwise
            warning('Unknown option %s', varargin{k});
    end
end

n = (0:ntaps-1)' - (ntaps-1)/2;
h = 2*fc/fs * sinc(2*fc/fs*n) .* hamming(ntaps);
h = h / sum(h);
y = conv(x(:), h, 'same');

info.taps = h;
info.rms = sqrt(mean(abs(y).^2));
info.peak = max(abs(y));

if doplot
    N = 2^nextpow2(numel(y));
    Y = fft(y, N);
    f = linspace(0, fs/2, N/2+1);
    figure; clf;
    subplot(2,1,1);
    plot((0:numel(y)-1)/fs, y, 'b-', 'LineWidth', 1.5);
    xlabel('time (s)'); ylabel('amplitude'); grid on; axis tight
    subplot(2,1,2);
    semilogy(f, abs(Y(1:N/2+1)), 'r--');
    legend('spectrum'); title(sprintf('fc = %.1f Hz', fc)); hold off
end
end

% ---- script: least squares and an ODE ----
clear all; close all; clc
A = [ones(20,1), (1:20)'];
b = 3*A(:,2) + randn(20,1);
coef = A \ b;
fprintf('intercept %g, slope %g\n', coef(1), coef(2));
[V, D] = eig(A'*A);
disp(diag(D));
M = zeros(4); M(2:end,1) = 1; M(:,end) = [];
idx = find(b > mean(b) & mod(1:20, 2)' == 0);
[t, z] = ode45(@(t,z) [z(2); -z(1)], [0 10], [1 0]);
while norm(coef) > 1e-3
    coef = coef / 2;
end
data = load('samples.mat'); save results.mat coef idx
